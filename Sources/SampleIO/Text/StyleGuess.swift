import ByteIO

/// What the first lines of a delimited text tell about all of it.
struct StyleGuess {
  /// Bytes and lines that are looked at.
  static let maximumBytes = 1 << 20
  static let maximumLines = 4096

  private(set) var style = DelimitedStyle()
  /// Columns of the first row; 0 when there is neither a row nor a header.
  private(set) var columns = 0

  /// Looks at the first lines of `source` without reading them.
  ///
  /// - Parameters:
  ///   - header: whether the first line holds names; nil to find out.
  ///   - allowsHeaderAlone: whether it may do so without a second line, when that is to be found out.
  ///   - longest: more bytes in a line are an error.
  init(
    _ source: PeekingSource, header: Bool?, allowsHeaderAlone: Bool, longest: Int, name: String
  ) throws(SampleIOError) {
    let prefix = try Self.prefix(of: source, longest: longest, name: name)
    try prefix.withUnsafeBufferPointer { (bytes) throws(SampleIOError) in
      let lines = Self.lines(in: UnsafeRawBufferPointer(bytes))
      let header = header ?? (lines.count == 1 && !allowsHeaderAlone ? false : nil)
      try guess(from: lines, header: header, name: name)
    }
  }

  /// As many bytes as hold two lines whole at least, or everything.
  private static func prefix(
    of source: PeekingSource, longest: Int, name: String
  ) throws(SampleIOError) -> ArraySlice<UInt8> {
    var count = min(maximumBytes, max(1, longest))
    while true {
      let bytes = try moving(name) { () throws(ByteIOError) in try source.peek(count) }
      if bytes.count < count { return bytes }
      // What is behind the last line end is not whole.
      if let end = bytes.lastIndex(of: UInt8(ascii: "\n")), bytes[..<end].contains(UInt8(ascii: "\n")) {
        return bytes[...end]
      }
      guard count < longest else { throw .longLine(name: name, line: 1, limit: longest) }
      count = min(2 * count, longest)
    }
  }

  /// The first lines that are not empty, with the CR that may end them.
  private static func lines(in bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    var lines: [UnsafeRawBufferPointer] = []
    for line in withoutByteOrderMark(bytes).split(separator: UInt8(ascii: "\n")) {
      if lines.count == maximumLines { break }
      if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
      lines.append(UnsafeRawBufferPointer(rebasing: line))
    }
    return lines
  }

  private mutating func guess(
    from rawLines: [UnsafeRawBufferPointer], header: Bool?, name: String
  ) throws(SampleIOError) {
    guard let first = rawLines.first else { return }
    style.endsLinesWithCRLF = first.last == UInt8(ascii: "\r")
    var lines = rawLines.map { line in
      line.last == UInt8(ascii: "\r") ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
    }
    // The second line is less likely to hold names.
    style.separator = Self.separator(in: lines[min(1, lines.count - 1)])
    style.trailingSeparators = Self.trailingSeparators(in: lines, separator: style.separator)
    let parser = RowParser(separator: style.separator, trailingSeparators: style.trailingSeparators)
    let second = lines.count > 1 ? parser.fields(of: lines[1]) : nil
    let names = parser.fields(of: lines[0])
    if header ?? Self.isHeader(names, before: second, parser: parser) {
      style.header = try Self.header(names, columns: second?.count, parser: parser, name: name)
      lines.removeFirst()
    }
    columns = lines.first.map { parser.fields(of: $0).count } ?? names.count
    style.decimals = Self.decimals(in: lines, columns: columns, parser: parser)
  }

  private static func separator(in line: UnsafeRawBufferPointer) -> DelimitedStyle.Separator {
    var found: Set<UInt8> = []
    var isQuoted = false
    var isLeading = true
    var blankSeen = false
    for byte in line {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == 0x20 {
        blankSeen = !isLeading
      } else {
        isLeading = false
        // A blank counts when something follows it.
        if blankSeen { found.insert(0x20) }
        found.insert(byte)
      }
    }
    for separator in [DelimitedStyle.Separator.tab, .semicolon, .comma, .blanks]
    where found.contains(separator.byte) {
      return separator
    }
    return .comma
  }

  /// How many separators end every line: any number of blanks, but only one of the others, since more would
  /// be fields without a value.
  private static func trailingSeparators(
    in lines: [UnsafeRawBufferPointer], separator: DelimitedStyle.Separator
  ) -> Int {
    var fewest = separator == .blanks ? 255 : 1
    for line in lines {
      var count = line.count
      if separator == .blanks {
        while count > 0, line[count - 1] == 0x20 || line[count - 1] == 0x09 { count -= 1 }
        fewest = min(fewest, line.count - count)
      } else {
        while count > 0, line[count - 1] == 0x20 { count -= 1 }
        if count == 0 || line[count - 1] != separator.byte { return 0 }
      }
    }
    return fewest
  }

  /// A line of names has a word where the next line has a number; if it is alone, it has nothing but words.
  private static func isHeader(
    _ names: [UnsafeRawBufferPointer], before second: [UnsafeRawBufferPointer]?, parser: RowParser
  ) -> Bool {
    func isNumber(_ field: UnsafeRawBufferPointer) -> Bool { number(in: parser.unquoted(field)) != nil }
    guard let second else { return !names.contains(where: isNumber) }
    return zip(names, second).contains { !isNumber($0) && isNumber($1) }
  }

  private static func header(
    _ fields: [UnsafeRawBufferPointer], columns: Int?, parser: RowParser, name: String
  ) throws(SampleIOError) -> [String] {
    var names = fields.map(parser.columnName)
    // numpy.savetxt begins a line of names with "# ".
    if parser.separator == .blanks, names.first == "#", names.count > 1 {
      names.replaceSubrange(0..<2, with: ["# \(names[1])"])
    }
    if let columns, names.count != columns {
      throw .headerCount(name: name, found: names.count, expected: columns)
    }
    return names
  }

  /// The most decimals of each column; nil for columns with exponents or more than 9 decimals.
  private static func decimals(
    in lines: [UnsafeRawBufferPointer], columns: Int, parser: RowParser
  ) -> [Int?] {
    guard columns <= SampleDescription.maximumStyledColumns else { return [] }
    var most = [Int?](repeating: 0, count: columns)
    for line in lines {
      for (column, field) in parser.fields(of: line).prefix(columns).enumerated() {
        guard let sofar = most[column] else { continue }
        let text = parser.unquoted(field)
        guard let value = number(in: text), value.isFinite else { continue }
        most[column] = SampleIO.decimals(of: text).map { max(sofar, $0) }
      }
    }
    return most.allSatisfy { $0 == nil } ? [] : most
  }
}
