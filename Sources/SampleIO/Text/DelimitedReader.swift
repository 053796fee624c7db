import ByteIO

/// Reads a text with one sample a line: CSV, TSV, and columns between blanks. Values are binary64.
final class DelimitedReader: SampleReader {
  private(set) var description: SampleDescription
  private let lines: LineReader
  private let parser: RowParser
  private let name: String
  private var row: [Double]
  private var rowsRead = 0
  private var ended = false
  private var skipsHeader: Bool
  private var seenLine = false

  /// Looks at the first lines; rows follow by ``read(maxRows:)``.
  ///
  /// - Parameter allowsHeaderAlone: whether a single line of words is an array without rows.
  init(
    _ source: PeekingSource, name: String, header: Bool?, allowsHeaderAlone: Bool,
    memory: MemoryLimit = .standard
  ) throws(SampleIOError) {
    let longest = LineReader.longest(within: memory)
    let guess = try StyleGuess(
      source, header: header, allowsHeaderAlone: allowsHeaderAlone, longest: longest, name: name)
    guard guess.columns > 0 else { throw .empty(name: name) }
    description = try SampleDescription(
      elementType: .f8, sampleShape: [guess.columns], format: .delimited(guess.style), name: name)
    lines = LineReader(source, longest: longest, name: name)
    parser = RowParser(
      separator: guess.style.separator, trailingSeparators: guess.style.trailingSeparators)
    self.name = name
    row = [Double](repeating: 0, count: guess.columns)
    skipsHeader = guess.style.header != nil
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    precondition(maxRows > 0)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(maxRows, max(1, (1 << 22) / description.sampleBytes)) * description.sampleBytes)
    var rows = 0
    while rows < maxRows, try readRow() {
      row.withUnsafeBytes { bytes.append(contentsOf: $0) }
      rows += 1
    }
    rowsRead += rows
    if ended { description.rows = rowsRead }
    if rows == 0 { return nil }
    return SampleBatch(elementType: .f8, valuesPerSample: row.count, bytes: bytes)
  }

  /// Reads the next line's numbers into `row`; false at the end.
  private func readRow() throws(SampleIOError) -> Bool {
    if ended { return false }
    guard var line = try nextLine() else { return false }
    if skipsHeader {
      skipsHeader = false
      guard let next = try nextLine() else { return false }
      line = next
    }
    let found: Int
    do throws(RowParser.Problem) {
      found = try row.withUnsafeMutableBufferPointer { (row) throws(RowParser.Problem) in
        try parser.parse(line, into: row)
      }
    } catch {
      throw .notANumber(name: name, line: lines.number, column: error.column, text: error.text)
    }
    guard found == row.count else {
      throw .columnCount(name: name, line: lines.number, found: found, expected: row.count)
    }
    return true
  }

  /// The next line with something in it; nil at the end. Empty lines may only come first and last: between
  /// two rows one would be a row without values.
  private func nextLine() throws(SampleIOError) -> UnsafeRawBufferPointer? {
    var firstEmpty: Int?
    while let line = try lines.next() {
      if parser.isEmpty(line) {
        if firstEmpty == nil, seenLine { firstEmpty = lines.number }
        continue
      }
      if let firstEmpty {
        throw .columnCount(name: name, line: firstEmpty, found: 0, expected: row.count)
      }
      seenLine = true
      return line
    }
    ended = true
    return nil
  }
}
