/// The layout of a text table: where its lines and cells end, and its decimal point.
///
/// ``DelimitedReader`` recognizes the same lines as rows, and the same cells without surrounding blanks and quotes.
package struct TableText: Equatable, Sendable {
  /// The separator between two cells.
  package var separator: DelimitedStyle.Separator
  /// The byte that ends a line: LF or CR.
  package var lineEnd: UInt8
  /// The decimal point: a point or a comma.
  package var point: UInt8

  /// Creates a layout; by default that of CSV.
  package init(
    separator: DelimitedStyle.Separator = .comma, lineEnd: UInt8 = UInt8(ascii: "\n"),
    point: UInt8 = UInt8(ascii: ".")
  ) {
    self.separator = separator
    self.lineEnd = lineEnd
    self.point = point
  }

  /// The number of bytes before the rows: a byte order mark, and everything up to the line of column names.
  ///
  /// - Parameters:
  ///   - text: the start of the text.
  ///   - headerLine: the number of that line, from 1; nil if there is none.
  /// - Returns: nil if the text has fewer lines.
  package func prefaceLength(of text: UnsafeRawBufferPointer, headerLine: Int?) -> Int? {
    var position = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    for _ in 0..<(headerLine ?? 0) {
      guard let end = text[position...].firstIndex(of: lineEnd) else { return nil }
      position = end + 1
    }
    return position
  }

  /// A cell of a line. Its content is `text[begin..<end]`; `next` is the position of its separator or of the line end.
  struct Cell {
    var begin: Int
    var end: Int
    var next: Int
    var isQuoted = false
  }

  @inline(__always)
  func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 && separator != .tab }

  /// The end of a line without its CR, and the start of the next line.
  @inline(__always)
  func line(in text: UnsafeRawBufferPointer, from begin: Int) -> (end: Int, next: Int, isWhole: Bool) {
    var end = begin
    while end < text.count, text[end] != lineEnd { end &+= 1 }
    let isWhole = end < text.count
    let next = isWhole ? end &+ 1 : end
    while end > begin, text[end &- 1] == UInt8(ascii: "\r") { end &-= 1 }
    return (end, next, isWhole)
  }

  /// The cell that starts at `begin`, after blanks, in a line that ends at `limit`.
  @inline(__always)
  func cell(in text: UnsafeRawBufferPointer, from begin: Int, to limit: Int) -> Cell {
    var next = begin
    var isInQuotes = false
    while next < limit {
      let byte = text[next]
      if byte == UInt8(ascii: "\"") {
        isInQuotes.toggle()
      } else if !isInQuotes, separator == .blanks ? isBlank(byte) : byte == separator.byte {
        break
      }
      next &+= 1
    }
    var end = next
    while end > begin, isBlank(text[end &- 1]) { end &-= 1 }
    guard end &- begin >= 2, text[begin] == UInt8(ascii: "\""), text[end &- 1] == UInt8(ascii: "\"") else {
      return Cell(begin: begin, end: end, next: next)
    }
    return Cell(begin: begin &+ 1, end: end &- 1, next: next, isQuoted: true)
  }

  /// The number in a cell that does not have its column's spelling; NaN if there is none.
  @inline(never)
  func number(_ cell: UnsafeRawBufferPointer) -> Double {
    guard point == UInt8(ascii: ",") else { return FieldValue(cell)?.value ?? .nan }
    var exchanged: [UInt8] = []
    exchangingCommas(cell, into: &exchanged)
    return exchanged.withUnsafeBytes { FieldValue($0)?.value } ?? .nan
  }

  /// Whether a line holds a row.
  @inline(__always)
  func isRow(_ line: UnsafeRawBufferPointer) -> Bool {
    // Most rows start with a digit.
    if let first = line.first, first &- 0x30 < 10 { return true }
    return RowParser(separator: separator, trailingSeparators: 0).idle(line) == nil
  }
}
