/// Some columns of samples whose values are in rows: of a table, or of an array of one axis beside that of samples.
package struct ColumnSelection: Sendable {
  /// The places of the values that are chosen, in a sample; empty where a chosen column has none.
  private let places: [Int]
  /// For each column of a kept text, whether it is chosen.
  private let isChosen: [Bool]
  private let kept: KeptText?
  private let width: Int

  /// The columns of `list` in samples of a description.
  ///
  /// - Parameters:
  ///   - table: the columns of the file that samples are read from, where some are no values; nil where all are.
  ///   - name: the samples in messages.
  /// - Throws: `noSuchColumn`, `noColumns` where samples have more than one axis, and `columnsOfRecords`.
  package init(
    _ list: ColumnList, of description: SampleDescription, table: FittedColumns? = nil, name: String
  ) throws(SampleIOError) {
    try Self.check(description, name: name)
    width = description.valuesPerSample
    kept = description.format.kept
    let columns = FittedColumns(of: description, table)
    let count = columns.isModelled.count
    do throws(ColumnList.Unknown) {
      isChosen = try list.choice(names: columns.names, count: count)
    } catch {
      throw .noSuchColumn(name: name, column: error.item, columns: count)
    }
    places = zip(columns.valuePlaces, isChosen).compactMap { $1 ? $0 : nil }
    guard !places.isEmpty || kept != nil else { throw .noValues(name: name) }
  }

  /// Consecutive columns of samples of a description, clipped to those that it has.
  ///
  /// - Parameters:
  ///   - range: returns the places among so many columns.
  ///   - name: the samples in messages.
  /// - Throws: `noColumns`, `columnsOfRecords`, and `noValues` if no column is chosen.
  package init(
    range: (_ count: Int) -> Range<Int>, of description: SampleDescription, name: String
  ) throws(SampleIOError) {
    try Self.check(description, name: name)
    width = description.valuesPerSample
    kept = description.format.kept
    let columns = FittedColumns(of: description, nil)
    let chosen = range(columns.isModelled.count)
    isChosen = columns.isModelled.indices.map(chosen.contains)
    places = zip(columns.valuePlaces, isChosen).compactMap { $1 ? $0 : nil }
    guard isChosen.contains(true) else { throw .noValues(name: name) }
  }

  private static func check(_ description: SampleDescription, name: String) throws(SampleIOError) {
    guard description.sampleShape.count <= 1 else {
      throw .noColumns(name: name, shape: description.sampleShape)
    }
    if case .records = description.format { throw .columnsOfRecords(name: name) }
  }

  /// The description of the chosen columns alone.
  package func description(_ description: SampleDescription) throws(SampleIOError) -> SampleDescription {
    var format = description.format
    if case .delimited(var style) = format {
      style.header = style.header.map { header in places.map { header[$0] } }
      if style.decimals.count == width { style.decimals = places.map { style.decimals[$0] } }
      style.kept = kept?.selecting(isChosen)
      if style.kept == nil, places.count == 1 {
        // A single column has nothing but commas to be told by.
        (style.separator, style.trailingSeparators) = (.comma, 0)
      }
      if places.isEmpty { (style.header, style.decimals) = (nil, []) }
      format = .delimited(style)
    }
    var type = description.type
    if type.kind == .complex { type = ValueType(type.elementType) }
    var chosen = try SampleDescription(
      type: type, sampleShape: [max(1, places.count)], format: format, rows: description.rows)
    chosen.missing = description.missing
    return chosen
  }

  /// The chosen columns of samples, and of their text.
  package func batch(_ batch: SampleBatch) -> SampleBatch {
    let size = batch.elementType.size
    var bytes: [UInt8] = []
    bytes.reserveCapacity(batch.rows * max(1, places.count) * size)
    for row in 0..<batch.rows {
      for place in places {
        let first = (row * width + place) * size
        bytes += batch.bytes[first..<first + size]
      }
    }
    if places.isEmpty { bytes = [UInt8](repeating: 0, count: batch.rows * size) }
    var chosen = SampleBatch(
      elementType: batch.elementType, valuesPerSample: max(1, places.count), bytes: bytes)
    if let kept, let text = batch.text { chosen.text = kept.selecting(isChosen, in: text) }
    return chosen
  }
}

/// Reads some columns of what another reader reads.
final class SelectingReader: SampleReader {
  private let base: any SampleReader
  private let selection: ColumnSelection
  private(set) var description: SampleDescription
  let table: FittedColumns?
  var missing: MissingValues { base.missing }
  var textBytesPerRow: Int? { base.textBytesPerRow }

  init(_ base: any SampleReader, _ list: ColumnList, name: String) throws(SampleIOError) {
    self.base = base
    let selection = try ColumnSelection(list, of: base.description, table: base.table, name: name)
    self.selection = selection
    description = try selection.description(base.description)
    table = base.table.map { selection.table($0) }
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    let batch = try base.read(maxRows: maxRows)
    // The end is where decimals and the number of rows are known.
    if base.description.rows != description.rows || batch == nil {
      description = try selection.description(base.description)
    }
    return batch.map { selection.batch($0) }
  }
}

extension FittedColumns {
  /// The columns of samples.
  ///
  /// - Parameter table: those of the file that samples are read from, where some are no values; nil where all are.
  fileprivate init(of description: SampleDescription, _ table: FittedColumns?) {
    let width = description.valuesPerSample
    if let kept = description.format.kept {
      self.init(kept, names: kept.columnNames(values: description.columnNames))
    } else if let table, table.modelledCount == width {
      self = table
    } else {
      self.init(all: width, names: description.columnNames)
    }
  }
}

extension ColumnSelection {
  /// The chosen columns of a table.
  fileprivate func table(_ table: FittedColumns) -> FittedColumns {
    guard table.isModelled.count == isChosen.count else { return table }
    let chosen = isChosen.indices.filter { isChosen[$0] }
    return FittedColumns(
      names: table.names.map { names in chosen.map { names[$0] } },
      isModelled: chosen.map { table.isModelled[$0] },
      decimals: table.decimals.isEmpty ? [] : places.map { table.decimals[$0] })
  }
}

/// Writes some columns of samples to another writer.
package final class SelectingWriter: SampleWriter {
  private let base: any SampleWriter
  private let selection: ColumnSelection

  /// - Parameter base: writes samples of the selection's description.
  package init(_ base: any SampleWriter, _ selection: ColumnSelection) {
    (self.base, self.selection) = (base, selection)
  }

  package func write(_ batch: SampleBatch) throws(SampleIOError) { try base.write(selection.batch(batch)) }

  package func finish() throws(SampleIOError) { try base.finish() }
}
