/// Reads records: batches have the numbers of the modelled fields, and the text of the others beside them.
final class RecordReader: SampleReader {
  private(set) var description: SampleDescription
  let textBytesPerRow: Int?
  private let records: any SampleReader
  private let rows: RecordRows
  private let keepsText: Bool
  private let pieceRows: Int

  /// - Parameters:
  ///   - records: gives records as samples of bytes.
  ///   - description: that of the layout.
  init(
    _ records: any SampleReader, _ layout: RecordLayout, _ description: SampleDescription, keepsText: Bool
  ) {
    self.records = records
    self.description = description
    self.keepsText = keepsText
    pieceRows = layout.pieceRows
    rows = RecordRows(layout, description)
    let bytes = layout.exact.reduce(0) { sum, field in
      if case .characters = field.kind { sum + field.size / 4 } else { sum + field.size }
    }
    textBytesPerRow = keepsText && !layout.exact.isEmpty ? bytes : nil
    if !keepsText { self.description.format = layout.withoutText }
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    guard let batch = try records.read(maxRows: min(maxRows, pieceRows)) else { return nil }
    return rows.split(batch.bytes, keepsText: keepsText)
  }
}

/// Writes records to what takes their bytes.
final class RecordWriter: SampleWriter {
  private let records: any SampleWriter
  private let rows: RecordRows
  private let elementType: ElementType
  private let size: Int
  private let pieceRows: Int
  private var rowsWritten = 0

  /// - Parameter records: takes records as samples of bytes.
  init(_ records: any SampleWriter, _ layout: RecordLayout, _ description: SampleDescription) {
    self.records = records
    rows = RecordRows(layout, description)
    elementType = description.elementType
    size = layout.size
    pieceRows = layout.pieceRows
  }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    var own = batch.converted(to: elementType)
    own.text = batch.text
    for first in stride(from: 0, to: own.rows, by: pieceRows) {
      let piece = own.rows(first..<min(first + pieceRows, own.rows))
      let bytes = try rows.join(piece, first: rowsWritten)
      rowsWritten += piece.rows
      try records.write(SampleBatch(elementType: .u1, valuesPerSample: size, bytes: bytes))
    }
  }

  func finish() throws(SampleIOError) { try records.finish() }
}
