import ByteIO

/// A line of text that does not hold a row.
enum IdleLine {
  case blank
  case comment
}

/// Parses the lines of delimited text.
struct RowParser {
  /// The result of parsing a line.
  struct Row {
    /// The number of fields.
    var fields = 0
    /// The number of fields that mark missing values: empty ones, NA.
    var marks = 0
    /// The column of the first such field, from 1.
    var firstMark = 0
  }

  /// A field that is not a number.
  struct Problem: Error {
    /// The column number, from 1.
    var column: Int
    var text: String
  }

  let separator: DelimitedStyle.Separator
  /// The number of separators after the last field.
  let trailingSeparators: Int

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 && separator != .tab
  }

  /// The kind of a line that is not a row; nil if it may be a row.
  @inline(__always)
  func idle(_ line: UnsafeRawBufferPointer) -> IdleLine? {
    for byte in line where byte != 0x20 {
      if byte == 0x09 {
        // If tabs separate fields, a line of tabs is a row of empty fields.
        if separator == .tab { return nil }
        continue
      }
      switch byte {
      case UInt8(ascii: "#"): return beginsWithMark(line) ? nil : .comment
      case UInt8(ascii: "%"): return .comment
      // The end-of-file mark of CP/M and DOS.
      case 0x1A: return line.count == 1 ? .blank : nil
      default: return nil
      }
    }
    return .blank
  }

  /// Whether the first field is one of Excel's marks of a missing value.
  @inline(never)
  private func beginsWithMark(_ line: UnsafeRawBufferPointer) -> Bool {
    guard let first = fields(of: line).first else { return false }
    return FieldValue(unquoted(first)) != nil
  }

  /// The line without trailing blanks and separators.
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

  /// Parses the numbers of `line` into `row`; fields beyond its size are only counted.
  ///
  /// - Parameter decimals: for each column, the maximum number of digits after the point so far, as in ``FieldValue``;
  ///   as long as `row`.
  @inline(__always)
  func parse(
    _ line: UnsafeRawBufferPointer, into row: UnsafeMutableBufferPointer<Double>,
    decimals: UnsafeMutableBufferPointer<UInt8>
  ) throws(Problem) -> Row {
    let line = trimmed(line)
    let end = line.count
    var position = 0
    var parsed = Row()
    while true {
      while position < end, isBlank(line[position]) { position += 1 }
      let value: Double
      let places: UInt8
      if let number = scanNumber(line, from: position), let after = fieldEnd(in: line, at: number.end) {
        value = number.value
        places = number.decimals
        position = after
      } else {
        let field = self.field(in: line, at: position)
        guard let found = FieldValue(unquoted(field.text)) else {
          throw Problem(
            column: parsed.fields + 1, text: ByteText.text(of: field.text.prefix(40)))
        }
        value = found.value
        places = found.decimals
        if found.isMark {
          parsed.marks += 1
          if parsed.marks == 1 { parsed.firstMark = parsed.fields + 1 }
        }
        position = field.end
      }
      if parsed.fields < row.count {
        row[parsed.fields] = value
        decimals[parsed.fields] = max(decimals[parsed.fields], places)
      }
      parsed.fields += 1
      if position >= end { return parsed }
      // The next iteration skips blanks.
      if separator != .blanks { position += 1 }
    }
  }

  /// The end of the field whose number ends at `position`: after blanks, at a separator or the end of the line.
  @inline(__always)
  private func fieldEnd(in line: UnsafeRawBufferPointer, at position: Int) -> Int? {
    var end = position
    while end < line.count, isBlank(line[end]) { end += 1 }
    if end == line.count { return end }
    return separator == .blanks ? (end > position ? end : nil) : (line[end] == separator.byte ? end : nil)
  }

  /// The field that starts at `position`, without surrounding blanks, and its end.
  private func field(
    in line: UnsafeRawBufferPointer, at position: Int
  ) -> (text: UnsafeRawBufferPointer, end: Int) {
    var end = position
    let hasQuotes = position < line.count && line[position] == UInt8(ascii: "\"")
    var isQuoted = false
    while end < line.count {
      let byte = line[end]
      if hasQuotes, byte == UInt8(ascii: "\"") {
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

  /// All fields of `line`, without surrounding blanks.
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

  /// The number of fields in `line`.
  func count(of line: UnsafeRawBufferPointer) -> Int {
    let line = trimmed(line)
    var (count, position) = (0, 0)
    while true {
      while position < line.count, isBlank(line[position]) { position += 1 }
      position = field(in: line, at: position).end
      count += 1
      if position >= line.count { return count }
      if separator != .blanks { position += 1 }
    }
  }

  /// A field without surrounding quotes.
  func unquoted(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard text.count >= 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") else {
      return text
    }
    return UnsafeRawBufferPointer(rebasing: text[1..<text.count - 1])
  }

  /// A column name as ``ByteText``, without surrounding quotes, and with doubled quotes as one.
  func columnName(_ text: UnsafeRawBufferPointer) -> String {
    let inner = unquoted(text)
    guard inner.count < text.count else { return ByteText.text(of: text) }
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
    return ByteText.text(of: bytes)
  }
}
