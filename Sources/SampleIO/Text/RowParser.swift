/// Takes lines of a delimited text apart.
struct RowParser {
  /// A field that is no number.
  struct Problem: Error {
    /// From 1.
    var column: Int
    var text: String
  }

  let separator: DelimitedStyle.Separator
  /// Separators after the last field that are no field.
  let trailingSeparators: Int

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 && separator != .tab
  }

  /// Whether there is nothing but blanks.
  func isEmpty(_ line: UnsafeRawBufferPointer) -> Bool { line.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

  /// The line without blanks and separators that end it.
  private func trimmed(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var count = line.count
    while count > 0, isBlank(line[count - 1]) { count -= 1 }
    if separator != .blanks {
      for _ in 0..<trailingSeparators where count > 0 && line[count - 1] == separator.byte {
        count -= 1
        while count > 0, isBlank(line[count - 1]) { count -= 1 }
      }
    }
    return UnsafeRawBufferPointer(rebasing: line[..<count])
  }

  /// Reads the numbers of `line` into `row`.
  ///
  /// - Returns: how many fields the line has; those that `row` has no room for are counted only.
  @inline(__always)
  func parse(
    _ line: UnsafeRawBufferPointer, into row: UnsafeMutableBufferPointer<Double>
  ) throws(Problem) -> Int {
    let line = trimmed(line)
    let end = line.count
    var position = 0
    var fields = 0
    while true {
      while position < end, isBlank(line[position]) { position += 1 }
      let value: Double
      if let (number, next) = scanNumber(line, from: position), let after = fieldEnd(in: line, at: next) {
        value = number
        position = after
      } else {
        let field = self.field(in: line, at: position)
        guard let number = number(in: unquoted(field.text)) else {
          throw Problem(column: fields + 1, text: String(decoding: field.text.prefix(40), as: UTF8.self))
        }
        value = number
        position = field.end
      }
      if fields < row.count { row[fields] = value }
      fields += 1
      if position >= end { return fields }
      // Blanks are skipped by the next turn.
      if separator != .blanks { position += 1 }
    }
  }

  /// Where a field ends whose number ends at `position`: after blanks, at a separator or the end of the line.
  @inline(__always)
  private func fieldEnd(in line: UnsafeRawBufferPointer, at position: Int) -> Int? {
    var end = position
    while end < line.count, isBlank(line[end]) { end += 1 }
    if end == line.count { return end }
    return separator == .blanks ? (end > position ? end : nil) : (line[end] == separator.byte ? end : nil)
  }

  /// The field that begins at `position`, without blanks around it, and where it ends.
  private func field(
    in line: UnsafeRawBufferPointer, at position: Int
  ) -> (text: UnsafeRawBufferPointer, end: Int) {
    var end = position
    var isQuoted = false
    while end < line.count {
      let byte = line[end]
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted, separator == .blanks ? isBlank(byte) : byte == separator.byte {
        break
      }
      end += 1
    }
    var textEnd = end
    while textEnd > position, isBlank(line[textEnd - 1]) { textEnd -= 1 }
    return (UnsafeRawBufferPointer(rebasing: line[position..<textEnd]), end)
  }

  /// All fields of `line`, without blanks around them.
  func fields(of line: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    let line = trimmed(line)
    var fields: [UnsafeRawBufferPointer] = []
    var position = 0
    while true {
      while position < line.count, isBlank(line[position]) { position += 1 }
      let field = self.field(in: line, at: position)
      fields.append(field.text)
      position = field.end
      if position >= line.count { return fields }
      if separator != .blanks { position += 1 }
    }
  }

  /// A field without the quotes around it.
  func unquoted(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard text.count >= 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") else {
      return text
    }
    return UnsafeRawBufferPointer(rebasing: text[1..<text.count - 1])
  }

  /// A column name as it was meant: without quotes around it, and doubled quotes as one.
  func columnName(_ text: UnsafeRawBufferPointer) -> String {
    let inner = unquoted(text)
    guard inner.count < text.count else { return String(decoding: text, as: UTF8.self) }
    var bytes: [UInt8] = []
    var previousWasQuote = false
    for byte in inner {
      let isQuote = byte == UInt8(ascii: "\"")
      if isQuote, previousWasQuote {
        previousWasQuote = false
        continue
      }
      previousWasQuote = isQuote
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
