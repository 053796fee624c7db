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
  /// The line of units below the column names, and its text.
  private(set) var units: (line: Int, text: String)?
  /// Whether the first column holds row names and has no name itself, as R writes tables.
  private(set) var hasRowNames = false
  /// The size of the text before the rows: byte order mark, separator line of Excel, column names and units. Comments and
  /// blank lines after these belong to the first row.
  private(set) var preface = (bytes: 0, lines: 0)
  /// Whether numbers have commas for points.
  private(set) var hasDecimalCommas = false
  /// What stands between groups of digits; nil if numbers have no groups.
  private let groups: DigitGroups?
  /// Whether the first row consists of numbers only.
  private(set) var rowsAreNumbers = false
  /// The byte that ends lines.
  private(set) var lineEnd = UInt8(ascii: "\n")
  /// Whether quoted fields may contain line ends.
  private(set) var quotesSpanLines = true

  /// A line that may be a row, or a comment.
  struct Line {
    var text: UnsafeRawBufferPointer
    var number: Int
    /// The size of the text up to its end.
    var end: (bytes: Int, lines: Int)
    var isOpen = false
  }

  /// Examines the first lines of `source` without consuming them.
  ///
  /// - Parameters:
  ///   - header: whether the first line holds column names; nil to guess.
  ///   - groups: what stands between groups of digits.
  ///   - allowsHeaderAlone: whether a guess may accept a header without a second line.
  ///   - longest: the maximum number of bytes in a line; more are an error.
  init(
    _ source: PeekingSource, header: Bool?, groups: DigitGroups? = nil, allowsHeaderAlone: Bool, longest: Int,
    name: String
  ) throws(SampleIOError) {
    self.groups = groups
    let (prefix, isAll) = try prefix(of: source, longest: longest, name: name)
    if let kind = ForeignText(prefix) { throw .foreignText(name: name, kind: kind) }
    try prefix.withUnsafeBufferPointer { (bytes) throws(SampleIOError) in
      let text = UnsafeRawBufferPointer(bytes)
      preface.bytes = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      if let arff = ARFFHeader(text, from: preface.bytes, lineEnd: lineEnd) {
        (preface, style.header) = ((arff.end, arff.lines), arff.names)
      }
      let separator = takeSeparatorLine(text)
      let sample = lines(in: text, quotesSpanLines: false).rows
      if let separator {
        style.separator = separator
      } else {
        chooseSeparator(among: sample)
      }
      chooseDecimalCommas(by: sample)
      quotesSpanLines = spansLines(text)
      var (lines, comment) = self.lines(in: text, quotesSpanLines: quotesSpanLines)
      if let last = lines.last, last.isOpen {
        // The quote may be closed further on.
        guard !isAll else {
          let column = RowParser(separator: style.separator, trailingSeparators: 0).count(of: last.text)
          throw .openQuote(name: name, line: last.number, column: column)
        }
        if lines.count > 1 { lines.removeLast() }
      }
      if header == false { comment = nil }
      if style.header != nil {
        try guess(from: lines, comment: nil, header: false, name: name)
      } else {
        let isAlone = lines.count == 1 && comment == nil && !allowsHeaderAlone
        try guess(from: lines, comment: comment, header: header ?? (isAlone ? false : nil), name: name)
      }
      // Without rows, there is nothing that lines after the names could belong to.
      if isAll, lines.last.map({ $0.end.bytes <= preface.bytes }) ?? true { preface.bytes = text.count }
    }
  }

  /// The first bytes: at least two whole lines, or everything. Also determines the line end.
  private mutating func prefix(
    of source: PeekingSource, longest: Int, name: String
  ) throws(SampleIOError) -> (ArraySlice<UInt8>, isAll: Bool) {
    var count = min(Self.maximumBytes, max(1, longest))
    while true {
      let bytes = try moving(name) { () throws(ByteIOError) in try source.peek(count) }
      if !bytes.contains(UInt8(ascii: "\n")), bytes.contains(UInt8(ascii: "\r")) {
        lineEnd = UInt8(ascii: "\r")
      }
      if bytes.count < count { return (bytes, true) }
      // What is behind the last line end is not whole.
      if let end = bytes.lastIndex(of: lineEnd), bytes[..<end].contains(lineEnd) {
        return (bytes[...end], false)
      }
      guard count < longest else { throw .longLine(name: name, line: 1, limit: longest) }
      count = min(2 * count, longest)
    }
  }

  /// Moves the preface past a first line that names the separator for Excel: "sep=;".
  private mutating func takeSeparatorLine(_ text: UnsafeRawBufferPointer) -> DelimitedStyle.Separator? {
    let line = TableText(lineEnd: lineEnd, quotesSpanLines: false).line(in: text, from: preface.bytes)
    let content = RowParser(separator: .comma, trailingSeparators: 0)
      .unquoted(UnsafeRawBufferPointer(rebasing: text[preface.bytes..<line.end]))
    guard content.count == 5, String(decoding: content.prefix(4), as: UTF8.self).lowercased() == "sep=",
      let separator = DelimitedStyle.Separator.allCases.first(where: { $0.byte == content[4] })
    else { return nil }
    preface = (line.next, 1)
    return separator
  }

  /// The first lines after the preface that may be rows, including a CR at their end; and the last comment before them.
  private func lines(
    in text: UnsafeRawBufferPointer, quotesSpanLines: Bool
  ) -> (rows: [Line], comment: Line?) {
    var lines: [Line] = []
    var comment: Line?
    let layout = TableText(separator: style.separator, lineEnd: lineEnd, quotesSpanLines: quotesSpanLines)
    // Comments do not depend on the separator.
    let parser = RowParser(separator: .comma, trailingSeparators: 0)
    var end = preface
    while end.bytes < text.count, lines.count < Self.maximumLines {
      let found = layout.line(in: text, from: end.bytes)
      let whole = UnsafeRawBufferPointer(rebasing: text[end.bytes..<found.next])
      let content = found.isWhole ? UnsafeRawBufferPointer(rebasing: whole.dropLast()) : whole
      var line = Line(text: content, number: end.lines + 1, end: end, isOpen: found.openQuote != nil)
      end.bytes = found.next
      end.lines += found.isWhole || !whole.isEmpty ? 1 : 0
      if quotesSpanLines { end.lines += content.count { $0 == lineEnd } }
      line.end = end
      if content.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
      switch parser.idle(content) {
      case .blank: break
      case .comment: if lines.isEmpty { comment = line }
      case nil: lines.append(line)
      }
    }
    return (lines, comment)
  }

  /// Whether quoted fields may contain line ends: not if rows are regular only without that.
  private func spansLines(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.contains(UInt8(ascii: "\"")) else { return true }
    return isRegular(text, quotesSpanLines: true) || !isRegular(text, quotesSpanLines: false)
  }

  /// Whether all rows have the same number of fields, and fields that contain line ends have a quote at their end.
  private func isRegular(_ text: UnsafeRawBufferPointer, quotesSpanLines: Bool) -> Bool {
    let parser = RowParser(separator: style.separator, trailingSeparators: 0)
    let rows = lines(in: text, quotesSpanLines: quotesSpanLines).rows.filter { !$0.isOpen }
    // There may be fewer column names.
    guard rows.count > 1 else { return quotesSpanLines }
    let count = parser.count(of: Self.withoutCR(rows[1].text))
    return rows.dropFirst().allSatisfy { row in
      let content = Self.withoutCR(row.text)
      guard content.contains(lineEnd) else { return parser.count(of: content) == count }
      let fields = parser.fields(of: content)
      return fields.count == count
        && fields.allSatisfy { !$0.contains(lineEnd) || parser.unquoted($0).count < $0.count }
    }
  }

  private mutating func guess(
    from lines: [Line], comment: Line?, header: Bool?, name: String
  ) throws(SampleIOError) {
    guard let first = lines.first ?? comment else {
      columns = style.header?.count ?? 0
      return
    }
    style.endsLinesWithCRLF = first.text.last == UInt8(ascii: "\r")
    let rows = lines.map { Self.withoutCR($0.text) }
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
    var firstRow = fields.first
    if style.header != nil {
      try checkHeader(columns: fields.first?.count, name: name)
    } else if let comment, let names = headerInComment(comment, over: fields.first, parser: parser) {
      (style.header, headerLine, preface) = (names, comment.number, comment.end)
    } else if let line = lines.first, let names = fields.first,
      header ?? isHeader(names, before: fields.dropFirst().first, parser)
    {
      (style.header, headerLine, preface) = (Self.names(names, parser), line.number, line.end)
      firstRow = fields.dropFirst().first
      if fields.count == 3, areUnits(fields[1], below: names, above: fields[2], parser) {
        units = (lines[1].number, ByteText.text(of: rows[1].prefix(40)))
        preface = lines[1].end
        firstRow = fields[2]
      }
      try checkHeader(columns: firstRow?.count, name: name)
    }
    rowsAreNumbers = firstRow?.allSatisfy { isNumber($0, parser) } ?? false
    columns = firstRow?.count ?? style.header?.count ?? 0
  }

  /// Checks that there are as many names as columns; the first column may lack one.
  private mutating func checkHeader(columns: Int?, name: String) throws(SampleIOError) {
    guard let names = style.header, let columns, names.count != columns else { return }
    guard names.count + 1 == columns, headerLine != nil else {
      throw .headerCount(name: name, found: names.count, expected: columns)
    }
    style.header = [""] + names
    hasRowNames = true
  }

  static func withoutCR(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var line = line
    while line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
    return line
  }

  /// Chooses the separator, and decides whether commas are decimal points between blanks.
  private mutating func chooseSeparator(among lines: [Line]) {
    // The second line is less likely to hold column names. A line with an open quote is part of a longer one.
    let whole = lines.prefix(64).filter { $0.text.count { $0 == UInt8(ascii: "\"") } % 2 == 0 }
    let candidates = whole.isEmpty ? Array(lines.prefix(2)) : whole
    guard let chosen = candidates.dropFirst().first ?? candidates.first else { return }
    let line = Self.withoutCR(chosen.text)
    style.separator = Self.separator(in: line)
    guard style.separator == .comma else { return }
    if line.contains(UInt8(ascii: "|")), Self.areDividedByBars(candidates.map { Self.withoutCR($0.text) }) {
      style.separator = .bar
    }
    guard style.separator == .comma, line.contains(0x20) || line.contains(0x09) else { return }
    // "0,5 1,25": blanks are the separators if commas would leave fields that are not numbers.
    let commas = RowParser(separator: .comma, trailingSeparators: 0).fields(of: line)
    let blanks = RowParser(separator: .blanks, trailingSeparators: 0).fields(of: line)
    if blanks.count > 1, commas.contains(where: { FieldValue($0) == nil }),
      blanks.allSatisfy({ FieldValue($0) != nil || CommaNumber($0) != nil })
    {
      style.separator = .blanks
      hasDecimalCommas = true
    }
  }

  /// Decides whether commas are decimal points.
  private mutating func chooseDecimalCommas(by lines: [Line]) {
    guard style.separator != .comma, groups != .comma, !hasDecimalCommas else { return }
    if groups == .point {
      hasDecimalCommas = true
      return
    }
    let parser = RowParser(separator: style.separator, trailingSeparators: 0)
    var (found, isCertain) = (false, style.separator == .semicolon)
    for line in lines {
      for field in parser.fields(of: Self.withoutCR(line.text)) {
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
  func isNumber(_ field: UnsafeRawBufferPointer, _ parser: RowParser) -> Bool {
    let text = parser.unquoted(field)
    return FieldValue(text) != nil || hasDecimalCommas && CommaNumber(text) != nil
      || groups != nil && layout.value(text) != nil
  }

  /// Where lines and cells end, and how numbers are written.
  var layout: TableText {
    TableText(
      separator: style.separator, lineEnd: lineEnd, point: UInt8(ascii: hasDecimalCommas ? "," : "."),
      groups: groups, quotesSpanLines: quotesSpanLines)
  }
}
