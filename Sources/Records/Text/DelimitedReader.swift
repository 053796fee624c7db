import ByteIO

/// Reads text with one sample per line: CSV, TSV, and columns separated by blanks. Values are binary64.
final class DelimitedReader: SampleReader {
  private(set) var description: SampleDescription
  private let lines: LineReader
  private let parser: RowParser
  private let name: String
  private let notes: ReadingNotes?
  private let headerLine: Int?
  /// The number of lines before the rows; some may be comments.
  private let prefaceLines: Int
  private var style: DelimitedStyle
  private var row: [Double]
  /// For each column, the maximum number of digits after the point so far; see ``FieldValue``.
  private var decimals: [UInt8]
  /// A line with points and commas exchanged; nil if numbers have decimal points.
  private var exchanged: [UInt8]?
  private var rowsRead = 0
  private var ended = false
  private var marks = Tally()
  private var comments = Tally()
  private var blanks = Tally()
  private var pendingBlanks = Tally()

  /// The number of occurrences of something, and the first line.
  private struct Tally {
    var count = 0
    var line = 0
    var column = 0

    mutating func add(_ count: Int = 1, line: Int, column: Int = 0) {
      if self.count == 0 { (self.line, self.column) = (line, column) }
      self.count += count
    }
  }

  /// - Parameter guess: the layout of the text.
  init(
    _ source: PeekingSource, _ guess: StyleGuess, name: String, memory: MemoryLimit, notes: ReadingNotes?
  ) throws(SampleIOError) {
    let longest = LineReader.longest(within: memory)
    guard guess.columns > 0 else { throw .empty(name: name) }
    description = try SampleDescription(
      elementType: .f8, sampleShape: [guess.columns], format: .delimited(guess.style), name: name)
    lines = LineReader(source, longest: longest, name: name, lineEnd: guess.lineEnd)
    parser = RowParser(
      separator: guess.style.separator, trailingSeparators: guess.style.trailingSeparators)
    self.name = name
    row = [Double](repeating: 0, count: guess.columns)
    decimals = [UInt8](repeating: 0, count: guess.columns)
    style = guess.style
    headerLine = guess.headerLine
    prefaceLines = guess.preface.lines
    exchanged = guess.hasDecimalCommas ? [] : nil
    self.notes = notes
  }

  var table: FittedColumns? {
    FittedColumns(all: row.count, names: style.header, decimals: style.decimals)
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    precondition(maxRows > 0)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(maxRows, max(1, (1 << 22) / description.sampleBytes)) * description.sampleBytes)
    let rows = try readRows(maxRows, into: &bytes)
    rowsRead += rows
    if ended, description.rows == nil { end() }
    if rows == 0 { return nil }
    return SampleBatch(elementType: .f8, valuesPerSample: columns, bytes: bytes)
  }

  /// Appends the numbers of the next rows; returns how many there are.
  private func readRows(_ maxRows: Int, into bytes: inout [UInt8]) throws(SampleIOError) -> Int {
    // In local variables the numbers are free from checks of exclusive access at every row.
    var (row, decimals) = (self.row, self.decimals)
    (self.row, self.decimals) = ([], [])
    defer { (self.row, self.decimals) = (row, decimals) }
    var rows = 0
    while rows < maxRows, try readRow(into: &row, &decimals) {
      row.withUnsafeBytes { bytes.append(contentsOf: $0) }
      rows += 1
    }
    return rows
  }

  /// Completes the description. The decimals cover all rows, so that no row is rounded unseen.
  private func end() {
    description.rows = rowsRead
    if decimals.count <= SampleDescription.maximumStyledColumns,
      decimals.contains(where: { $0 != FieldValue.fullPrecision })
    {
      style.decimals = decimals.map { $0 == FieldValue.fullPrecision ? nil : Int($0) }
      description.format = .delimited(style)
    }
    if exchanged != nil {
      notes?.add("decimal commas are read as points and come back as points", name: name)
    }
    if marks.count > 0 {
      notes?.add(
        "\(marks.count == 1 ? "1 field" : "\(marks.count) fields") without a number (first: line \(marks.line), "
          + "column \(marks.column)) come back as nan", name: name)
    }
    for (tally, what) in [(comments, "comment line"), (blanks, "blank line")] where tally.count > 0 {
      notes?.add(
        "\(tally.count) \(what)\(tally.count == 1 ? " is" : "s are") skipped (first: line \(tally.line))",
        name: name)
    }
  }

  private var columns: Int { description.valuesPerSample }

  /// Parses the next line into `row`; false at the end.
  @inline(__always)
  private func readRow(into row: inout [Double], _ decimals: inout [UInt8]) throws(SampleIOError) -> Bool {
    if ended { return false }
    guard let line = try nextLine() else { return false }
    let parsed =
      try exchanged == nil ? parse(line, &row, &decimals) : parseExchanged(line, &row, &decimals)
    guard parsed.fields == row.count else {
      throw .columnCount(name: name, line: lines.number, found: parsed.fields, expected: row.count)
    }
    if parsed.marks > 0 { marks.add(parsed.marks, line: lines.number, column: parsed.firstMark) }
    return true
  }

  @inline(__always)
  private func parse(
    _ line: UnsafeRawBufferPointer, _ row: inout [Double], _ decimals: inout [UInt8]
  ) throws(SampleIOError) -> RowParser.Row {
    do throws(RowParser.Problem) {
      return try row.withUnsafeMutableBufferPointer { (row) throws(RowParser.Problem) in
        try decimals.withUnsafeMutableBufferPointer { (decimals) throws(RowParser.Problem) in
          try parser.parse(line, into: row, decimals: decimals)
        }
      }
    } catch {
      throw notANumber(error)
    }
  }

  private func parseExchanged(
    _ line: UnsafeRawBufferPointer, _ row: inout [Double], _ decimals: inout [UInt8]
  ) throws(SampleIOError) -> RowParser.Row {
    var buffer = exchanged ?? []
    exchanged = []
    exchangingCommas(line, into: &buffer)
    defer { exchanged = buffer }
    do throws(SampleIOError) {
      return try buffer.withUnsafeBufferPointer { (line) throws(SampleIOError) in
        try parse(UnsafeRawBufferPointer(line), &row, &decimals)
      }
    } catch {
      guard case .notANumber(let name, let line, let column, let text, let table) = error else { throw error }
      var back: [UInt8] = []
      ByteText.bytes(of: text).withUnsafeBytes { exchangingCommas($0, into: &back) }
      throw .notANumber(
        name: name, line: line, column: column, text: ByteText.text(of: back), table: table)
    }
  }

  private func notANumber(_ problem: RowParser.Problem) -> SampleIOError {
    let names = style.header ?? []
    let isName = problem.column <= names.count && names[problem.column - 1] == problem.text
    return .notANumber(
      name: name, line: lines.number, column: problem.column, text: problem.text,
      table: TableLayout(
        separator: style.separator, columns: columns, repeatsHeader: isName && lines.number != headerLine,
        hasDecimalCommas: exchanged != nil))
  }

  /// The next line that may be a row; nil at the end.
  private func nextLine() throws(SampleIOError) -> UnsafeRawBufferPointer? {
    while let line = try lines.next() {
      if lines.number == headerLine { continue }
      switch parser.idle(line) {
      case nil where lines.number <= prefaceLines: continue
      case nil:
        // Blank lines at the end need no note.
        if pendingBlanks.count > 0 {
          blanks.add(pendingBlanks.count, line: pendingBlanks.line)
          pendingBlanks = Tally()
        }
        return line
      case .comment: comments.add(line: lines.number)
      case .blank: pendingBlanks.add(line: lines.number)
      }
    }
    ended = true
    return nil
  }
}
