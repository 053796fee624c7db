import ByteIO

/// Reads a text table with all of its text. The samples are the numbers of the numeric columns, in binary64; each batch
/// has the text of its rows beside them.
///
/// A table may have text columns, missing cells and lines without a row. All rows have the same number of fields.
final class TableReader: SampleReader {
  private(set) var description: SampleDescription
  private let kept: KeptText
  private let scanner: TableRowScanner
  private let columns: Int
  private let source: any ByteSource
  private let longest: Int
  private let name: String
  private let keepsText: Bool
  let textBytesPerRow: Int?
  let table: FittedColumns?
  let missing: MissingValues
  let wordText: KeptText?
  /// What has been read and not been given yet is `buffer[begin...]`.
  private var buffer: [UInt8] = []
  private var begin = 0
  private var sourceEnded = false
  private var rowsRead = 0
  private var linesRead: Int
  private let notes: ReadingNotes?
  /// The number of missing numbers, and the position of the first.
  private var gaps = (count: 0, row: 0, column: 0)

  /// The number of bytes read at once.
  private static let pieceBytes = 1 << 20

  /// - Parameters:
  ///   - guess: the style of the text.
  ///   - survey: the kinds of its columns.
  ///   - keepsText: whether batches have the text of their rows, which is part of the samples.
  ///   - keepsWords: whether they have it for its words, if there are text columns.
  init(
    _ source: any ByteSource, _ guess: StyleGuess, _ survey: ColumnSurvey, keepsText: Bool, keepsWords: Bool,
    missing: MissingValues, longest: Int, name: String, notes: ReadingNotes?
  ) throws(SampleIOError) {
    self.notes = notes
    self.missing = missing
    (self.source, self.longest, self.name, self.keepsText) = (source, longest, name, keepsText)
    let kept = survey.kept
    self.kept = kept
    columns = guess.columns
    wordText = keepsWords && !keepsText && !kept.wordColumns.isEmpty ? kept : nil
    textBytesPerRow = keepsText ? survey.bytesPerRow : nil
    let table = FittedColumns(kept, names: guess.style.header)
    self.table = table
    var style = guess.style
    style.header = style.header.map { header in
      let names = kept.numberColumns.map { header[$0] }
      return names
    }
    if kept.numberColumns.isEmpty { style.header = nil }
    scanner = TableRowScanner(
      kept.layout, hasNumbers: table.isModelled,
      RowParser(separator: style.separator, trailingSeparators: style.trailingSeparators))
    if keepsText {
      style.kept = kept
    } else {
      // The selected columns are a table of their own. A single column has no separator, so a comma is assumed.
      style.trailingSeparators = 0
      if kept.valuesPerSample == 1 { style.separator = .comma }
    }
    description = try SampleDescription(
      elementType: .f8, sampleShape: [kept.valuesPerSample], format: .delimited(style), name: name)
    linesRead = guess.preface.lines
    var left = kept.preface.count
    while left > 0, try fill() {
      let taken = min(left, buffer.count - begin)
      begin += taken
      left -= taken
    }
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    precondition(maxRows > 0)
    while true {
      let rows = buffer.withUnsafeBytes {
        scanner.scan(
          UnsafeRawBufferPointer(rebasing: $0[begin...]), maxRows: maxRows, isEnd: sourceEnded)
      }
      if let problem = rows.problem { throw error(problem) }
      if let end = rows.ends.last { return batch(rows, end) }
      if sourceEnded {
        if description.rows == nil { end() }
        return nil
      }
      guard buffer.count - begin < longest else {
        throw rows.open.map(error) ?? .longLine(name: name, line: linesRead + 1, limit: longest)
      }
      _ = try fill()
    }
  }

  /// Completes the description, and adds a note about missing numbers if the text does not keep their cells.
  private func end() {
    description.rows = rowsRead
    guard !keepsText, gaps.count > 0 else { return }
    notes?.add(
      "\(gaps.count == 1 ? "1 field" : "\(gaps.count) fields") without a number (first: row \(gaps.row), "
        + "column \(gaps.column)) count as missing", name: name)
  }

  /// The rows, whose text ends at `end`.
  private func batch(_ rows: TableRowScanner.Rows, _ end: Int) -> SampleBatch {
    var own = rows.numbers
    if !kept.missing.isEmpty { own = own.map { kept.missing.contains($0) ? .nan : $0 } }
    if !keepsText { countMissing(in: own) }
    rowsRead += rows.ends.count
    linesRead += rows.lines
    let numbers =
      kept.numberColumns.isEmpty ? [Double](repeating: 0, count: rows.ends.count) : own
    var batch = SampleBatch(
      elementType: .f8, valuesPerSample: kept.valuesPerSample, bytes: numbers.withUnsafeBytes { Array($0) })
    if keepsText || wordText != nil {
      batch.text = RowText(bytes: Array(buffer[begin..<begin + end]), ends: rows.ends)
    }
    begin += end
    return batch
  }

  private func countMissing(in numbers: [Double]) {
    for (place, number) in numbers.enumerated() where number.isNaN {
      if gaps.count == 0 {
        let columns = kept.numberColumns
        (gaps.row, gaps.column) = (rowsRead + place / columns.count, columns[place % columns.count] + 1)
      }
      gaps.count += 1
    }
  }

  private func error(_ problem: TableRowScanner.Problem) -> SampleIOError {
    let line = linesRead + problem.lines + 1
    return switch problem.kind {
    case .fields(let found): .columnCount(name: name, line: line, found: found, expected: columns)
    case .openQuote(let column): .openQuote(name: name, line: line, column: column)
    }
  }

  /// Reads more bytes; false at the end.
  private func fill() throws(SampleIOError) -> Bool {
    if begin > 0 {
      buffer.removeSubrange(..<begin)
      begin = 0
    }
    let more = try moving(name) { () throws(ByteIOError) in try source.read(upTo: Self.pieceBytes) }
    sourceEnded = more.count < Self.pieceBytes
    buffer += more
    return !more.isEmpty
  }
}
