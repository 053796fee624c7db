/// Codes a few integers, such as those of a header, by bits that adapt to integers before them: the position of the leading bit
/// in unary, given that of the last integer, and the bits after it.
package struct SmallIntegerCoding {
  private var probabilities = [UInt16](
    repeating: 1 << 15, count: exponents * exponents + exponents << mantissaBits)
  private var last = 0

  private static let exponents = 64
  /// The bits after the leading one that are predicted, and the logarithm of the room for these.
  private static let (foreseen, mantissaBits) = (11, 12)
  /// Larger numbers are not coded.
  package static let largest: UInt64 = .max - 1

  package init() {}

  private mutating func bit<Coder: BitCoding>(_ bit: UInt32, _ place: Int, _ coder: inout Coder) -> UInt32 {
    let p = probabilities[place]
    let bit = coder.code(bit, UInt32(max(64, min(65472, p))))
    probabilities[place] = bit == 1 ? p + (.max - p) >> 4 : p - p >> 4
    return bit
  }

  /// Codes an integer up to ``largest``; a decoder ignores `number`.
  package mutating func code<Coder: BitCoding>(_ number: UInt64, _ coder: inout Coder) -> UInt64 {
    let size = min(number, Self.largest) + 1
    let place = 63 - size.leadingZeroBitCount
    var leading = 0
    while leading < 63, bit(leading < place ? 1 : 0, last * Self.exponents + leading, &coder) == 1 {
      leading += 1
    }
    last = leading
    var found: UInt64 = 1
    for i in 0..<leading {
      let next = UInt32(truncatingIfNeeded: size >> UInt64(leading - 1 - i)) & 1
      let known =
        i < Self.foreseen
        ? bit(next, Self.exponents * Self.exponents + leading << Self.mantissaBits + Int(found), &coder)
        : coder.code(next, 1 << 15)
      found = found << 1 | UInt64(known)
    }
    return found - 1
  }

  /// Codes an integer with a sign; the least of all counts as the next.
  package mutating func code<Coder: BitCoding>(signed number: Int64, _ coder: inout Coder) -> Int64 {
    let size = min(number.magnitude, UInt64(Int64.max))
    let folded = code(number < 0 ? 2 * size - 1 : 2 * size, &coder)
    let magnitude = Int64((folded + 1) / 2)
    return folded & 1 == 1 ? -magnitude : magnitude
  }
}
