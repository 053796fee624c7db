import ByteIO

/// Reads a text table with all of its text. The samples are the numbers of the numeric columns, in binary64; each batch
/// has the text of its rows beside them.
///
/// A table may have text columns, missing cells and lines without a row. All rows have the same number of fields.
final class TableReader: SampleReader {
  private(set) var description: SampleDescription
  private let kept: KeptText
  private let parser: RowParser
  private let splitter: TableTextSplitter
  private let columns: Int
  private let source: any ByteSource
  private let longest: Int
  private let name: String
  private let keepsText: Bool
  let textBytesPerRow: Int?
  /// The bytes read but not yet returned are `buffer[begin...]`.
  private var buffer: [UInt8] = []
  private var begin = 0
  private var sourceEnded = false
  private var rowsRead = 0
  private var linesRead: Int
  private let notes: ReadingNotes?
  /// The number of missing numbers, and the position of the first.
  private var missing = (count: 0, row: 0, column: 0)

  /// The number of bytes read at once.
  private static let pieceBytes = 1 << 20

  /// - Parameters:
  ///   - guess: the style of the text.
  ///   - survey: the kinds of its columns.
  ///   - keepsText: whether batches have the text of their rows.
  init(
    _ source: any ByteSource, _ guess: StyleGuess, _ survey: ColumnSurvey, keepsText: Bool, longest: Int,
    name: String, notes: ReadingNotes?
  ) throws(SampleIOError) {
    self.notes = notes
    (self.source, self.longest, self.name, self.keepsText) = (source, longest, name, keepsText)
    let kept = survey.kept
    self.kept = kept
    columns = guess.columns
    textBytesPerRow = keepsText ? survey.bytesPerRow : nil
    splitter = TableTextSplitter(kept.layout, spellings: kept.spellings)
    var style = guess.style
    style.header = style.header.map { header in
      let names = kept.numberColumns.map { header[$0] }
      return names
    }
    if kept.numberColumns.isEmpty { style.header = nil }
    parser = RowParser(separator: style.separator, trailingSeparators: style.trailingSeparators)
    if keepsText {
      style.kept = kept
    } else {
      // The selected columns are a table of their own. A single column has no separator, so a comma is assumed.
      style.trailingSeparators = 0
      if kept.valuesPerSample == 1 { style.separator = .comma }
    }
    description = try SampleDescription(
      elementType: .f8, sampleShape: [kept.valuesPerSample], format: .delimited(style), name: name)
    linesRead = guess.headerLine ?? 0
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
      if let (split, taken) = try split(maxRows: maxRows) {
        let text = Array(buffer[begin..<begin + taken])
        begin += taken
        return try batch(split, text)
      }
      if sourceEnded {
        if description.rows == nil { end() }
        return nil
      }
      _ = try fill()
    }
  }

  /// Completes the description, and adds a note about missing numbers if the text does not keep their cells.
  private func end() {
    description.rows = rowsRead
    guard !keepsText, missing.count > 0 else { return }
    notes?.add(
      "\(missing.count == 1 ? "1 field" : "\(missing.count) fields") without a number (first: row \(missing.row), "
        + "column \(missing.column)) count as missing", name: name)
  }

  /// The next rows, and the size of their text in bytes. Nil if no row is certain yet, because lines without a row that
  /// follow the last row belong to it.
  private func split(maxRows: Int) throws(SampleIOError) -> (SplitRows, Int)? {
    let held = buffer.count - begin
    func split(_ most: Int) -> (rows: SplitRows, bytes: Int) {
      buffer.withUnsafeBytes {
        splitter.split(UnsafeRawBufferPointer(rebasing: $0[begin...]), maxRows: most, isEnd: sourceEnded)
      }
    }
    var found = split(maxRows)
    if !sourceEnded {
      if found.rows.rows > 0, !hasRow(after: begin + found.bytes) {
        guard found.rows.rows > 1 else { return try tooLong(held) }
        found = split(found.rows.rows - 1)
      }
    }
    guard found.rows.rows > 0 else { return sourceEnded ? nil : try tooLong(held) }
    return found
  }

  private func tooLong(_ held: Int) throws(SampleIOError) -> (SplitRows, Int)? {
    guard held < longest else { throw .longLine(name: name, line: linesRead + 1, limit: longest) }
    return nil
  }

  /// Whether a complete line that holds a row follows.
  private func hasRow(after place: Int) -> Bool {
    buffer.withUnsafeBytes { text in
      var position = place
      while position < text.count {
        let line = kept.layout.line(in: text, from: position)
        guard line.isWhole else { return false }
        if kept.layout.isRow(UnsafeRawBufferPointer(rebasing: text[position..<line.end])) { return true }
        position = line.next
      }
      return false
    }
  }

  private func batch(_ split: SplitRows, _ text: [UInt8]) throws(SampleIOError) -> SampleBatch {
    let ends = kept.rowEnds(in: text)
    try checkFields(text)
    if !keepsText {
      for (place, number) in split.numbers.enumerated() where number.isNaN {
        if missing.count == 0 {
          let column = kept.numberColumns[place % splitter.numbersPerRow]
          (missing.row, missing.column) = (rowsRead + place / splitter.numbersPerRow, column + 1)
        }
        missing.count += 1
      }
    }
    rowsRead += split.rows
    let numbers = splitter.numbersPerRow > 0 ? split.numbers : [Double](repeating: 0, count: split.rows)
    var batch = SampleBatch(
      elementType: .f8, valuesPerSample: kept.valuesPerSample, bytes: numbers.withUnsafeBytes { Array($0) })
    if keepsText { batch.text = RowText(bytes: text, ends: ends) }
    return batch
  }

  /// Throws if a row has another number of fields.
  private func checkFields(_ text: [UInt8]) throws(SampleIOError) {
    let found = text.withUnsafeBytes { text -> Int? in
      var position = 0
      while position < text.count {
        let line = kept.layout.line(in: text, from: position)
        linesRead += 1
        let content = UnsafeRawBufferPointer(rebasing: text[position..<line.end])
        position = line.next
        guard kept.layout.isRow(content) else { continue }
        let found = parser.count(of: content)
        if found != columns { return found }
      }
      return nil
    }
    guard let found else { return }
    throw .columnCount(name: name, line: linesRead, found: found, expected: columns)
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
