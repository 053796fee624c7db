import EntropyCoding

/// Codes the integers of a quick coder's head, by bits that adapt: the place of the leading bit of the number plus 1 in unary, and
/// the bits after it, of which the first three adapt too. Each kind of integer has bits of its own.
struct QuickIntegers {
  enum Kind: Int, CaseIterable {
    case scale, anchor, center, centerWeight, weight, baseWeight, tokens, gap, cluster, firstFrequency,
      frequency,
      exceptions, repeats
  }

  private static let (exponents, mantissas) = (64, 64 * 8)
  private var probabilities = [UInt16](
    repeating: 1 << 15, count: Kind.allCases.count * (exponents + mantissas))

  private mutating func bit<Coder: BitCoding>(_ bit: UInt32, _ place: Int, _ coder: inout Coder) -> UInt32 {
    let p = probabilities[place]
    let bit = coder.code(bit, UInt32(max(64, min(65472, p))))
    probabilities[place] = bit == 1 ? p + (.max - p) >> 4 : p - p >> 4
    return bit
  }

  /// Codes a number up to 2^64 - 2; a decoder ignores it.
  mutating func code<Coder: BitCoding>(_ number: UInt64, _ kind: Kind, _ coder: inout Coder) -> UInt64 {
    let size = min(number, .max - 1) + 1
    let place = 63 - size.leadingZeroBitCount
    let first = kind.rawValue * (Self.exponents + Self.mantissas)
    var leading = 0
    while leading < 63, bit(leading < place ? 1 : 0, first + leading, &coder) == 1 { leading += 1 }
    var found: UInt64 = 1
    for i in 0..<leading {
      let next = UInt32(truncatingIfNeeded: size >> UInt64(leading - 1 - i)) & 1
      let known =
        i < 3
        ? bit(next, first + Self.exponents + leading * 8 + Int(found), &coder) : coder.code(next, 1 << 15)
      found = found << 1 | UInt64(known)
    }
    return found - 1
  }

  /// Codes a number with a sign; the least of all counts as the next.
  mutating func code<Coder: BitCoding>(signed number: Int64, _ kind: Kind, _ coder: inout Coder) -> Int64 {
    let size = min(number.magnitude, UInt64(Int64.max))
    let folded = code(number < 0 ? 2 * size - 1 : 2 * size, kind, &coder)
    let magnitude = Int64((folded + 1) / 2)
    return folded & 1 == 1 ? -magnitude : magnitude
  }
}
