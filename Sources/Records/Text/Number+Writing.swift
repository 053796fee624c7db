// Numbers as text.

extension [UInt8] {
  /// Appends an integer in decimal.
  mutating func appendDecimal(_ value: UInt64) {
    var count = 1
    var bound: UInt64 = 10
    while value >= bound, count < 20 {
      count += 1
      // 10^20 does not fit; the limit on `count` ends the loop first.
      bound = bound &* 10
    }
    appendDigits(value, count: count)
  }

  /// Appends an integer in decimal.
  mutating func appendDecimal(_ value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    appendDecimal(value.magnitude)
  }

  /// Appends the last `count` decimal digits of `value`.
  private mutating func appendDigits(_ value: UInt64, count: Int) {
    let begin = self.count
    append(contentsOf: repeatElement(0x30, count: count))
    withUnsafeMutableBufferPointer { bytes in
      var rest = value
      for position in stride(from: begin + count - 1, through: begin, by: -1) {
        let quotient = rest / 10
        bytes[position] = 0x30 &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
        rest = quotient
      }
    }
  }

  /// Appends `value` with `decimals` (0 to 15) digits after the point, or as many as it takes when it is too
  /// large for that.
  ///
  /// - Returns: whether the text gives the value back.
  @discardableResult
  mutating func appendFixed(_ value: Double, decimals: Int) -> Bool {
    let scaled = value.magnitude * powersOfTen[decimals]
    // Below 2^51 the product is less than half a unit off: a number that had these decimals gets them back.
    guard scaled < 2_251_799_813_685_248 else {
      appendShortest(value)
      return true
    }
    // Adding 2^52 leaves no bits for a fraction: the addition rounds to even.
    let digits = UInt64((scaled + 4_503_599_627_370_496) - 4_503_599_627_370_496)
    // A number rounded to zero loses its sign; a zero keeps it.
    if value.sign == .minus, digits > 0 || value == 0 { append(UInt8(ascii: "-")) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
      // At most 16 digits, or 0 and a point before 15 of them.
      var (rest, position, left) = (digits, 24, decimals)
      while rest > 0 || left >= 0 {
        position &-= 1
        if left == 0, decimals > 0 {
          buffer[position] = UInt8(ascii: ".")
          position &-= 1
        }
        left &-= 1
        let quotient = rest / 10
        buffer[position] = 0x30 &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
        rest = quotient
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: buffer[position...]))
    }
    // The text is parsed by the same division.
    return Double(digits) / powersOfTen[decimals] == value.magnitude
  }

  /// Appends the shortest decimal number that identifies `value`.
  mutating func appendShortest<T: BinaryFloatingPoint & CustomStringConvertible>(_ value: T) {
    append(contentsOf: value.isNaN ? "nan".utf8 : value.description.utf8)
  }
}
