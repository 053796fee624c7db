/// The layout of a text table: where its lines and cells end, and its decimal point.
///
/// ``DelimitedReader`` recognizes the same lines as rows, and the same cells without surrounding blanks and quotes. Quotes have
/// a meaning only in a cell that starts with one; a doubled quote in it is part of its content (RFC 4180).
package struct TableText: Equatable, Sendable {
  /// The separator between two cells.
  package var separator: DelimitedStyle.Separator
  /// The byte that ends a line: LF or CR.
  package var lineEnd: UInt8
  /// The decimal point: a point or a comma.
  package var point: UInt8
  /// What stands between groups of digits; nil if numbers have no groups.
  package var groups: DigitGroups?

  /// Whether quoted cells may contain line ends. Otherwise a cell ends with its line.
  package var quotesSpanLines: Bool

  /// Creates a layout; by default that of CSV.
  package init(
    separator: DelimitedStyle.Separator = .comma, lineEnd: UInt8 = UInt8(ascii: "\n"),
    point: UInt8 = UInt8(ascii: "."), groups: DigitGroups? = nil, quotesSpanLines: Bool = true
  ) {
    self.groups = groups
    self.quotesSpanLines = quotesSpanLines
    self.separator = separator
    self.lineEnd = lineEnd
    self.point = point
  }

  /// A cell of a line: its content is text[begin..<end]; `next` is where its separator or the end of the line is.
  struct Cell {
    var begin: Int
    var end: Int
    var next: Int
    var isQuoted = false

    init(begin: Int, end: Int, next: Int, isQuoted: Bool = false) {
      (self.begin, self.end, self.next, self.isQuoted) = (begin, end, next, isQuoted)
    }

    /// A cell that is all of a text.
    init(all text: UnsafeRawBufferPointer) { self.init(begin: 0, end: text.count, next: text.count) }
  }

  @inline(__always)
  func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 && separator != .tab }

  /// A line; or several, if a quoted cell contains their ends.
  struct Line {
    /// Where it ends, without the CR before its end.
    var end: Int
    /// Where the next one begins.
    var next: Int
    /// Whether the text contains its end.
    var isWhole: Bool
    /// The start of a cell whose quotes are still open at the end of the text; nil if there is none.
    var openQuote: Int?
    /// Whether it contains a quote.
    var hasQuote: Bool
  }

  /// The line that starts at `begin`.
  @inline(__always)
  func line(in text: UnsafeRawBufferPointer, from begin: Int) -> Line {
    var (end, hasQuote) = lineEnd(in: text, from: begin)
    var openQuote: Int?
    if hasQuote, quotesSpanLines, isRow(UnsafeRawBufferPointer(rebasing: text[begin..<end])) {
      (end, openQuote) = quotedEnd(in: text, from: begin)
    }
    let isWhole = end < text.count
    let next = isWhole ? end &+ 1 : end
    while end > begin, text[end &- 1] == UInt8(ascii: "\r") { end &-= 1 }
    return Line(end: end, next: next, isWhole: isWhole, openQuote: openQuote, hasQuote: hasQuote)
  }

  /// The position of the next line end, and whether a quote precedes it. Examines eight bytes at a time.
  @inline(__always)
  private func lineEnd(in text: UnsafeRawBufferPointer, from begin: Int) -> (end: Int, hasQuote: Bool) {
    let (ends, quotes) = (UInt64(lineEnd) &* Self.everyByte, UInt64(UInt8(ascii: "\"")) &* Self.everyByte)
    var position = begin
    var found: UInt64 = 0
    while position &+ 8 <= text.count {
      let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let end = Self.zeros(word ^ ends)
      let quote = Self.zeros(word ^ quotes)
      if end != 0 {
        found |= quote & ((end & (0 &- end)) &- 1)
        return (position &+ end.trailingZeroBitCount >> 3, found != 0)
      }
      found |= quote
      position &+= 8
    }
    while position < text.count, text[position] != lineEnd {
      if text[position] == UInt8(ascii: "\"") { found = 1 }
      position &+= 1
    }
    return (position, found != 0)
  }

  private static let everyByte: UInt64 = 0x0101_0101_0101_0101

  /// The highest bit of each byte that is 0; exact up to the first of them. (Mycroft's test for a zero byte, 1987.)
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- everyByte) & ~word & (everyByte << 7) }

  /// The end of a row with quotes, and the start of a cell whose quotes stay open.
  @inline(never)
  private func quotedEnd(in text: UnsafeRawBufferPointer, from begin: Int) -> (end: Int, open: Int?) {
    var position = begin
    while true {
      let found = find(UInt8(ascii: "\""), or: lineEnd, in: text, from: position, to: text.count)
      guard found < text.count, text[found] != lineEnd else { return (found, nil) }
      position = found &+ 1
      guard startsCell(text, found, begin) else { continue }
      guard let end = quotesEnd(in: text, from: found, to: text.count, lineEnd: lineEnd) else {
        return (text.count, found)
      }
      position = end
    }
  }

  /// Whether a cell of the row that starts at `begin` starts at `position`, which is outside of quotes.
  @inline(__always)
  private func startsCell(_ text: UnsafeRawBufferPointer, _ position: Int, _ begin: Int) -> Bool {
    var first = position
    while first > begin, isBlank(text[first &- 1]) { first &-= 1 }
    return first == begin || (separator == .blanks ? first < position : text[first &- 1] == separator.byte)
  }

  /// The end of a cell that starts with a quote: at a separator or a line end, or `limit`. Nil if a quote stays open.
  @inline(__always)
  private func quotesEnd(
    in text: UnsafeRawBufferPointer, from begin: Int, to limit: Int, lineEnd: UInt8?
  ) -> Int? {
    var position = begin
    while position < limit {
      let byte = text[position]
      if byte == UInt8(ascii: "\"") {
        let close = find(byte, or: byte, in: text, from: position &+ 1, to: limit)
        guard close < limit else { return nil }
        position = close
      } else if byte == lineEnd || isSeparator(byte) {
        return position
      }
      position &+= 1
    }
    return limit
  }

  /// The position of the next byte that is one of two, or `limit`. Examines eight bytes at a time.
  @inline(__always)
  private func find(
    _ one: UInt8, or other: UInt8, in text: UnsafeRawBufferPointer, from begin: Int, to limit: Int
  ) -> Int {
    let (ones, others) = (UInt64(one) &* Self.everyByte, UInt64(other) &* Self.everyByte)
    var position = begin
    while position &+ 8 <= limit {
      let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let found = Self.zeros(word ^ ones) | Self.zeros(word ^ others)
      if found != 0 { return position &+ found.trailingZeroBitCount >> 3 }
      position &+= 8
    }
    while position < limit, text[position] != one, text[position] != other { position &+= 1 }
    return position
  }

  @inline(__always)
  func isSeparator(_ byte: UInt8) -> Bool {
    separator == .blanks ? isBlank(byte) : byte == separator.byte
  }

  /// The cell that starts at `begin`, after blanks, in a line that ends at `limit`.
  @inline(__always)
  func cell(in text: UnsafeRawBufferPointer, from begin: Int, to limit: Int) -> Cell {
    let isQuoted = begin < limit && text[begin] == UInt8(ascii: "\"")
    let next: Int
    if isQuoted {
      next = quotesEnd(in: text, from: begin, to: limit, lineEnd: nil) ?? limit
    } else {
      let other = separator == .blanks ? 0x09 : separator.byte
      next = find(separator.byte, or: other, in: text, from: begin, to: limit)
    }
    var end = next
    while end > begin, isBlank(text[end &- 1]) { end &-= 1 }
    guard isQuoted, end &- begin >= 2, text[end &- 1] == UInt8(ascii: "\"") else {
      return Cell(begin: begin, end: end, next: next)
    }
    return Cell(begin: begin &+ 1, end: end &- 1, next: next, isQuoted: true)
  }

  /// The number in a cell that does not have its column's spelling; NaN if there is none.
  @inline(never)
  func number(_ cell: UnsafeRawBufferPointer) -> Double { value(cell)?.value ?? .nan }

  /// The value of a cell that does not have its column's spelling; nil if it is not a number.
  func value(_ cell: UnsafeRawBufferPointer) -> FieldValue? {
    if let digits = groups?.removed(from: cell) {
      var alone = self
      alone.groups = nil
      return digits.withUnsafeBytes { alone.value($0) }
    }
    guard point == UInt8(ascii: ",") else { return FieldValue(cell) }
    var exchanged: [UInt8] = []
    exchangingCommas(cell, into: &exchanged)
    return exchanged.withUnsafeBytes { FieldValue($0) }
  }

  /// Whether a line holds a row.
  @inline(__always)
  func isRow(_ line: UnsafeRawBufferPointer) -> Bool {
    // Most rows start with a digit.
    if let first = line.first, first &- 0x30 < 10 { return true }
    return RowParser(separator: separator, trailingSeparators: 0).idle(line) == nil
  }
}
