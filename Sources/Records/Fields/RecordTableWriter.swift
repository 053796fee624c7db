import ByteIO

/// Writes records as a table in text, a column for each value, under their names.
final class RecordTableWriter: SampleWriter {
  private static let pieceBytes = 1 << 16

  private let sink: any ByteSink
  private let rows: RecordRows
  private let elementType: ElementType
  private let width: Int
  private let fields: [RecordField]
  private let separator: UInt8
  private var text: [UInt8] = []

  init(
    _ layout: RecordLayout, _ description: SampleDescription, separator: DelimitedStyle.Separator,
    to sink: any ByteSink
  ) {
    self.sink = sink
    self.separator = separator.byte
    rows = RecordRows(layout, description)
    elementType = description.elementType
    width = description.valuesPerSample
    fields = layout.fields
    let shown = fields.filter { !$0.isPadding }.flatMap(\.valueNames)
    for (place, name) in shown.enumerated() {
      if place > 0 { text.append(self.separator) }
      text.append(cell: ByteText.bytes(of: name), separator: self.separator)
    }
    text.append(0x0A)
  }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    let values = batch.doubles()
    for row in 0..<batch.rows {
      var exact: [[UInt8]] = []
      if let kept = batch.text {
        let fits = rows.cells(of: kept, row) { cell, _, cells, _ in
          exact.append(cells.shown(cell))
          return true
        }
        guard fits else { throw .badDescription(name: "", reason: "a text that does not fit its fields") }
      }
      append(values[row * width..<(row + 1) * width], exact)
      if text.count >= Self.pieceBytes { try flush() }
    }
  }

  func finish() throws(SampleIOError) {
    try flush()
    try moving("") { () throws(ByteIOError) in try sink.finish() }
  }

  private func append(_ values: ArraySlice<Double>, _ exact: [[UInt8]]) {
    var (number, cell, isFirst) = (values.startIndex, 0, true)
    for field in fields {
      for _ in 0..<field.count {
        defer { if field.isModelled { number += 1 } else { cell += 1 } }
        if field.isPadding { continue }
        if !isFirst { text.append(separator) }
        isFirst = false
        if field.isModelled {
          append(values[number], field.elementType ?? elementType)
        } else if cell < exact.count {
          text.append(cell: exact[cell], separator: separator)
        }
      }
    }
    text.append(0x0A)
  }

  private func append(_ value: Double, _ type: ElementType) {
    if type.isInteger {
      text.appendDecimal(Int64(type.rounded(value)))
    } else if type == .f8 {
      text.appendShortest(value)
    } else {
      text.appendShortest(Float(value))
    }
  }

  private func flush() throws(SampleIOError) {
    try moving("") { () throws(ByteIOError) in try sink.write(text) }
    text.removeAll(keepingCapacity: true)
  }
}

extension RecordField {
  /// Whether it is room between fields.
  fileprivate var isPadding: Bool {
    if case .untyped = kind { name.isEmpty } else { false }
  }
}
