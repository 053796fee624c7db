extension TableText {
  /// A number that its column's spelling gives back.
  struct SpelledNumber {
    var value: Double
    /// What the spelling gives back, blanks before the number among it.
    var begin: Int
    var end: Int
    /// Where the cell ends.
    var next: Int
  }

  /// The number of a cell, if its spelling gives it back.
  ///
  /// - Parameter room: blanks before it that may be part of it.
  @inline(__always)
  func number(
    _ spelling: ColumnSpelling, in text: UnsafeRawBufferPointer, at position: Int, to limit: Int, room: Int
  ) -> SpelledNumber? {
    let isQuoted = position < limit && text[position] == UInt8(ascii: "\"")
    let begin = isQuoted ? position &+ 1 : position
    guard let found = spelling.find(in: text, from: begin, to: limit, point: point) else { return nil }
    var next = found.end
    if isQuoted {
      guard next < limit, text[next] == UInt8(ascii: "\"") else { return nil }
      next &+= 1
    }
    let end = next
    while next < limit, isBlank(text[next]) { next &+= 1 }
    if next < limit {
      if separator == .blanks {
        guard next > end else { return nil }
        next = end
      } else if text[next] != separator.byte {
        return nil
      }
    }
    let blanks = isQuoted ? 0 : max(0, spelling.width &- (found.end &- begin))
    if blanks > 0 {
      guard blanks <= room, text[begin &- blanks..<begin].allSatisfy({ $0 == 0x20 }) else { return nil }
    }
    return SpelledNumber(value: found.value, begin: begin &- blanks, end: found.end, next: next)
  }
}
