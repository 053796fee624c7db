extension TableText {
  /// A cell that is a number of digits alone, with a sign and a point or without.
  struct PlainNumber {
    var value: Double
    /// Where the cell ends.
    var end: Int
    /// Digits after the point.
    var decimals: Int
    /// Whether it starts with a superfluous 0, or is a negative zero.
    var isPadded: Bool
  }

  /// The number in a cell that starts at `position`, if it has one to seven digits before the point and after it, and the text
  /// goes on for a while.
  @inline(__always)
  func plainNumber(in text: UnsafeRawBufferPointer, from position: Int, to limit: Int) -> PlainNumber? {
    guard position &+ 24 <= text.count else { return nil }
    let isNegative = text[position] == UInt8(ascii: "-")
    var end = isNegative ? position &+ 1 : position
    let first = text[end]
    let whole = DigitRun(text, at: end)
    guard whole.count &- 1 < 7, whole.count > 0 else { return nil }
    end &+= whole.count
    var number = whole.value
    var decimals = 0
    if text[end] == point {
      let fraction = DigitRun(text, at: end &+ 1)
      decimals = fraction.count
      guard decimals &- 1 < 7, decimals > 0 else { return nil }
      number = number &* wholePowersOfTen[decimals] &+ fraction.value
      end &+= 1 &+ decimals
    }
    guard end == limit || isSeparator(text[end]) else { return nil }
    let value = Double(Int64(truncatingIfNeeded: number)) / powersOfTen[decimals]
    return PlainNumber(
      value: isNegative ? -value : value, end: end, decimals: decimals,
      isPadded: first == 0x30 && whole.count > 1 || isNegative && number == 0)
  }

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
    if spelling.width == 0, !spelling.hasGroups, case .fixed(let decimals) = spelling.form,
      let plain = plainNumber(in: text, from: position, to: limit), plain.decimals == decimals,
      !plain.isPadded
    {
      return SpelledNumber(value: plain.value, begin: position, end: plain.end, next: plain.end)
    }
    return anyNumber(spelling, in: text, at: position, to: limit, room: room)
  }

  @inline(never)
  private func anyNumber(
    _ spelling: ColumnSpelling, in text: UnsafeRawBufferPointer, at position: Int, to limit: Int, room: Int
  ) -> SpelledNumber? {
    let isQuoted = position < limit && text[position] == UInt8(ascii: "\"")
    let begin = isQuoted ? position &+ 1 : position
    let last = spelling.hasGroups ? cell(in: text, from: position, to: limit).end : limit
    guard let found = spelling.find(in: text, from: begin, to: last, self) else { return nil }
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
