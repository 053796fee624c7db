import ByteIO

/// The style of delimited text, guessed from its first lines. Nothing is assumed about later lines.
struct StyleGuess {
  /// The maximum number of bytes and lines examined.
  static let maximumBytes = 1 << 20
  static let maximumLines = 4096

  private(set) var style = DelimitedStyle()
  /// The number of columns of the first row; 0 if there is neither a row nor a header.
  private(set) var columns = 0
  /// The number of the line with the column names, from 1.
  private(set) var headerLine: Int?
  /// Whether numbers have decimal commas.
  private(set) var hasDecimalCommas = false
  /// Whether the first row consists of numbers only.
  private(set) var rowsAreNumbers = false
  /// The byte that ends lines.
  private(set) var lineEnd = UInt8(ascii: "\n")

  /// A line that may be a row, or a comment.
  private struct Line {
    var text: UnsafeRawBufferPointer
    var number: Int
  }

  /// Examines the first lines of `source` without consuming them.
  ///
  /// - Parameters:
  ///   - header: whether the first line holds column names; nil to guess.
  ///   - allowsHeaderAlone: whether a guess may accept a header without a second line.
  ///   - longest: the maximum number of bytes in a line; more are an error.
  init(
    _ source: PeekingSource, header: Bool?, allowsHeaderAlone: Bool, longest: Int, name: String
  ) throws(SampleIOError) {
    let prefix = try prefix(of: source, longest: longest, name: name)
    if let kind = ForeignText(prefix) { throw .foreignText(name: name, kind: kind) }
    try prefix.withUnsafeBufferPointer { (bytes) throws(SampleIOError) in
      var (lines, comment) = self.lines(in: UnsafeRawBufferPointer(bytes))
      if header == false { comment = nil }
      let isAlone = lines.count == 1 && comment == nil && !allowsHeaderAlone
      try guess(from: lines, comment: comment, header: header ?? (isAlone ? false : nil), name: name)
    }
  }

  /// The first bytes: at least two whole lines, or everything. Also determines the line end.
  private mutating func prefix(
    of source: PeekingSource, longest: Int, name: String
  ) throws(SampleIOError) -> ArraySlice<UInt8> {
    var count = min(Self.maximumBytes, max(1, longest))
    while true {
      let bytes = try moving(name) { () throws(ByteIOError) in try source.peek(count) }
      if !bytes.contains(UInt8(ascii: "\n")), bytes.contains(UInt8(ascii: "\r")) {
        lineEnd = UInt8(ascii: "\r")
      }
      if bytes.count < count { return bytes }
      // The bytes after the last line end are not a whole line.
      if let end = bytes.lastIndex(of: lineEnd), bytes[..<end].contains(lineEnd) { return bytes[...end] }
      guard count < longest else { throw .longLine(name: name, line: 1, limit: longest) }
      count = min(2 * count, longest)
    }
  }

  /// The first lines that may be rows, including a CR at their end; and the last comment before them.
  private func lines(in bytes: UnsafeRawBufferPointer) -> (rows: [Line], comment: Line?) {
    var lines: [Line] = []
    var comment: Line?
    // Comments do not depend on the separator.
    let parser = RowParser(separator: .comma, trailingSeparators: 0)
    let split = withoutByteOrderMark(bytes).split(separator: lineEnd, omittingEmptySubsequences: false)
    for (index, slice) in split.enumerated() {
      if lines.count == Self.maximumLines { break }
      let line = Line(text: UnsafeRawBufferPointer(rebasing: slice), number: index + 1)
      if line.text.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
      switch parser.idle(line.text) {
      case .blank: break
      case .comment: if lines.isEmpty { comment = line }
      case nil: lines.append(line)
      }
    }
    return (lines, comment)
  }

  private mutating func guess(
    from lines: [Line], comment: Line?, header: Bool?, name: String
  ) throws(SampleIOError) {
    guard let first = lines.first ?? comment else { return }
    style.endsLinesWithCRLF = first.text.last == UInt8(ascii: "\r")
    let rows = lines.map { Self.withoutCR($0.text) }
    // The second line is less likely to hold column names.
    let sample = rows.count > 1 ? rows[1] : rows.first ?? Self.withoutCR(first.text)
    chooseSeparator(by: sample, among: rows)
    let bare = RowParser(separator: style.separator, trailingSeparators: 0)
    // A line of column names may lack the trailing separator of the rows.
    let body = rows.count > 1 ? Array(rows.dropFirst()) : rows
    style.trailingSeparators = Self.trailingSeparators(in: body, separator: style.separator)
    if rows.count > 1, style.trailingSeparators > 0, style.separator != .blanks,
      Self.trailingSeparators(in: Array(rows.prefix(1)), separator: style.separator) == 0,
      bare.fields(of: rows[0]).count == bare.fields(of: rows[1]).count
    {
      // The last field of all rows so far is empty, but it has a name.
      style.trailingSeparators = 0
    } else if style.separator == .blanks {
      style.trailingSeparators = Self.trailingSeparators(in: rows, separator: style.separator)
    }
    let parser = RowParser(separator: style.separator, trailingSeparators: style.trailingSeparators)
    let fields = rows.prefix(3).map { parser.fields(of: $0) }
    if let comment, let names = headerInComment(comment, over: fields.first, parser: parser) {
      style.header = names
      headerLine = comment.number
    } else if let names = fields.first, header ?? isHeader(names, before: fields.dropFirst().first, parser) {
      try refuseOpenQuote(in: lines.first, name: name)
      if fields.count == 3, !names.contains(where: { isNumber($0, parser) }),
        isLineOfUnits(fields[1], parser),
        fields[2].allSatisfy({ isNumber($0, parser) })
      {
        throw .lineOfUnits(
          name: name, line: lines[1].number,
          text: ByteText.text(of: Self.withoutCR(lines[1].text).prefix(40)))
      }
      style.header = try Self.header(
        names, columns: fields.dropFirst().first?.count, parser: parser, name: name)
      headerLine = lines.first?.number
    }
    let firstRow =
      headerLine != nil && headerLine == lines.first?.number ? fields.dropFirst().first : fields.first
    rowsAreNumbers = firstRow?.allSatisfy { isNumber($0, parser) } ?? false
    columns = firstRow?.count ?? style.header?.count ?? 0
  }

  private static func withoutCR(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var line = line
    while line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
    return line
  }

  /// Chooses the separator, and decides whether commas are decimal points.
  private mutating func chooseSeparator(by line: UnsafeRawBufferPointer, among rows: [UnsafeRawBufferPointer])
  {
    style.separator = Self.separator(in: line)
    if style.separator == .comma, line.contains(0x20) || line.contains(0x09) {
      // "0,5 1,25": blanks are the separators if commas would leave fields that are not numbers.
      let commas = RowParser(separator: .comma, trailingSeparators: 0).fields(of: line)
      let blanks = RowParser(separator: .blanks, trailingSeparators: 0).fields(of: line)
      if blanks.count > 1, commas.contains(where: { FieldValue($0) == nil }),
        blanks.allSatisfy({ FieldValue($0) != nil || CommaNumber($0) != nil })
      {
        style.separator = .blanks
        hasDecimalCommas = true
        return
      }
    }
    guard style.separator != .comma else { return }
    let parser = RowParser(separator: style.separator, trailingSeparators: 0)
    var (found, isCertain) = (false, style.separator == .semicolon)
    for row in rows {
      for field in parser.fields(of: row) {
        // In a number with a point as well, commas group digits.
        if field.contains(UInt8(ascii: ".")), FieldValue(parser.unquoted(field)) != nil { return }
        guard let number = CommaNumber(parser.unquoted(field)) else { continue }
        found = true
        isCertain = isCertain || !number.maybeGroups
      }
    }
    hasDecimalCommas = found && isCertain
  }

  /// Whether a field is a number in the style of the rows.
  private func isNumber(_ field: UnsafeRawBufferPointer, _ parser: RowParser) -> Bool {
    let text = parser.unquoted(field)
    return FieldValue(text) != nil || hasDecimalCommas && CommaNumber(text) != nil
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
        // A blank counts only if something follows it.
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

  /// The number of separators that end every line: any number of blanks, but only one of the others, because more would
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

  /// A line of column names has a word where the next line has a number. If it is the only line, it consists of words.
  private func isHeader(
    _ names: [UnsafeRawBufferPointer], before second: [UnsafeRawBufferPointer]?, _ parser: RowParser
  ) -> Bool {
    guard let second else { return !names.contains { isNumber($0, parser) } }
    if isLineOfUnits(second, parser) { return !names.contains { isNumber($0, parser) } }
    return zip(names, second).contains { !isNumber($0, parser) && isNumber($1, parser) }
  }

  /// Whether a line below the column names holds units: words in brackets or of a few letters, and otherwise only empty
  /// fields.
  private func isLineOfUnits(_ fields: [UnsafeRawBufferPointer], _ parser: RowParser) -> Bool {
    var hasWord = false
    for field in fields {
      let text = parser.unquoted(field)
      if text.isEmpty || text.elementsEqual("-".utf8) { continue }
      guard !isNumber(field, parser), text.count <= 24 else { return false }
      hasWord = true
    }
    return hasWord
  }

  /// Column names in a comment above the first row: as many as that row has fields, which are numbers.
  private func headerInComment(
    _ comment: Line, over first: [UnsafeRawBufferPointer]?, parser: RowParser
  ) -> [String]? {
    let line = Self.withoutCR(comment.text)
    guard line.first == UInt8(ascii: "#"), first.map({ $0.allSatisfy { isNumber($0, parser) } }) ?? true
    else {
      return nil
    }
    let names = Self.names(parser.fields(of: line), parser)
    guard first == nil || names.count == first?.count else { return nil }
    return names
  }

  /// A quoted name that spans several lines cannot be distinguished from a damaged line.
  private func refuseOpenQuote(in line: Line?, name: String) throws(SampleIOError) {
    guard let line, line.text.count(where: { $0 == UInt8(ascii: "\"") }) % 2 == 1 else { return }
    throw .openQuote(name: name, line: line.number)
  }

  private static func header(
    _ fields: [UnsafeRawBufferPointer], columns: Int?, parser: RowParser, name: String
  ) throws(SampleIOError) -> [String] {
    let names = names(fields, parser)
    if let columns, names.count != columns {
      throw .headerCount(name: name, found: names.count, expected: columns)
    }
    return names
  }

  private static func names(_ fields: [UnsafeRawBufferPointer], _ parser: RowParser) -> [String] {
    var names = fields.map(parser.columnName)
    // numpy.savetxt starts a line of column names with "# ".
    if parser.separator == .blanks, names.first == "#", names.count > 1 {
      names.replaceSubrange(0..<2, with: ["# \(names[1])"])
    }
    return names
  }
}
