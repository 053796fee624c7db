// What stands between the fields of a line, and behind the last.

extension StyleGuess {
  static func separator(in line: UnsafeRawBufferPointer) -> DelimitedStyle.Separator {
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
    for separator in [DelimitedStyle.Separator.tab, .semicolon, .comma, .bar, .blanks]
    where found.contains(separator.byte) {
      return separator
    }
    return .comma
  }

  /// Whether vertical bars divide all lines into as many fields, and commas do not.
  static func areDividedByBars(_ lines: [UnsafeRawBufferPointer]) -> Bool {
    func fields(_ separator: DelimitedStyle.Separator) -> Set<Int> {
      let parser = RowParser(separator: separator, trailingSeparators: 0)
      return Set(lines.map { parser.count(of: $0) })
    }
    let bars = fields(.bar)
    return lines.count > 1 && bars.count == 1 && bars != [1] && fields(.comma).count > 1
  }

  /// The number of separators that end every line: any number of blanks, but only one of the others, because more would
  /// be fields without a value.
  static func trailingSeparators(
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
}
