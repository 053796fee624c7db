extension ContextMixer {
  /// The first node of the bits that only ``code(deep:first:_:)`` predicts; their depth is added.
  @usableFromInline static let deepNodes = 400

  /// Codes any integer as ``code(free:first:_:)`` does, but predicts all of its bits, so that repeated values cost
  /// little whatever their magnitude. Changes the hashes.
  ///
  /// - Parameter first: the first of 194 nodes.
  @inlinable @inline(__always)
  package func code<Coder: BitCoding>(deep number: Int64, first: Int, _ coder: inout Coder) -> Int64 {
    guard code(number == 0 ? 0 : 1, node: first, &coder) == 1 else { return 0 }
    let sign = code(number < 0 ? 1 : 0, node: first + 1, &coder)
    let size = number.magnitude
    let place = 63 - size.leadingZeroBitCount
    var leading = 0
    while leading < 63 {
      guard code(leading < place ? 1 : 0, node: first + 2 + leading, &coder) == 1 else { break }
      leading += 1
    }
    var found: UInt64 = 1
    let nodes = first + Self.exponents + min(leading, 15) * 8
    for depth in 1..<leading + 1 {
      let bit = UInt32(truncatingIfNeeded: size >> UInt64(leading - depth)) & 1
      if depth <= Self.foreseen {
        found = found << 1 | UInt64(code(bit, node: nodes + Int(found), &coder))
      } else {
        // Each path to this bit has its own slots; paths of equal depth share their weights.
        if depth == Self.foreseen + 1 { specialize(UInt32(truncatingIfNeeded: found) << 1 | sign) }
        let known = code(bit, node: Self.deepNodes + depth, &coder)
        specialize(known)
        found = found << 1 | UInt64(known)
      }
    }
    return sign == 1 ? 0 &- Int64(bitPattern: found) : Int64(bitPattern: found)
  }

  /// Specializes each context for a number.
  @inlinable @inline(__always)
  func specialize(_ number: UInt32) {
    for context in 0..<contexts { hashes[context] = (hashes[context] &+ number &+ 1) &* 0x2C1B_3C6D }
  }
}
