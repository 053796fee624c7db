/// Binarization of integers for a ``ContextMixer``.
extension ContextMixer {
  /// The first node of unbounded integers.
  package static let freeNodes = 0
  /// The first node of escapes.
  package static let escapeNodes = 200
  /// The node of the question whether a value is an escape.
  package static let isEscape = 199
  @usableFromInline static let exponents = 66
  /// The number of bits after the leading one that are predicted; further bits have probability 1/2.
  @usableFromInline static let foreseen = 3

  /// Codes any integer: whether it is 0, its sign, the position of its leading bit in unary, three predicted bits after
  /// that, and the remaining bits with probability 1/2.
  ///
  /// - Parameter first: the first of 194 nodes.
  @inlinable @inline(__always)
  package func code<Coder: BitCoding>(free number: Int64, first: Int, _ coder: inout Coder) -> Int64 {
    guard code(number == 0 ? 0 : 1, node: first, &coder) == 1 else { return 0 }
    let isNegative = code(number < 0 ? 1 : 0, node: first + 1, &coder) == 1
    let size = number.magnitude
    let place = 63 - size.leadingZeroBitCount
    var leading = 0
    while leading < 63 {
      guard code(leading < place ? 1 : 0, node: first + 2 + leading, &coder) == 1 else { break }
      leading += 1
    }
    var found: UInt64 = 1
    var rest = leading
    let nodes = first + Self.exponents + min(leading, 15) * 8
    while rest > 0 {
      rest -= 1
      let bit = UInt32(truncatingIfNeeded: size >> UInt64(rest)) & 1
      let isForeseen = leading - rest <= Self.foreseen
      found =
        found << 1
        | UInt64(isForeseen ? code(bit, node: nodes + Int(found), &coder) : coder.code(bit, 0x8000))
    }
    return isNegative ? 0 &- Int64(bitPattern: found) : Int64(bitPattern: found)
  }

  /// Codes an integer from 0 to `highest`, which is at most 255: whether it is 0, whether it is `highest`, and its
  /// bits.
  @inlinable @inline(__always)
  package func code<Coder: BitCoding>(_ number: Int64, to highest: Int64, _ coder: inout Coder) -> Int64 {
    guard code(number == 0 ? 0 : 1, node: 0, &coder) == 1 else { return 0 }
    guard code(number == highest ? 0 : 1, node: 1, &coder) == 1 else { return highest }
    var found = 1
    let bits = 64 - highest.leadingZeroBitCount
    for rest in (0..<bits).reversed() {
      let bit = UInt32(truncatingIfNeeded: number >> Int64(rest)) & 1
      found = found << 1 | Int(code(bit, node: 2 + found, &coder))
    }
    return min(Int64(found - 1 << bits), highest)
  }
}
