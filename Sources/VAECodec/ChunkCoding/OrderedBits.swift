import Records

/// Maps floating-point values to integers in the same order, and back; 64-bit integers map to their ordinals.
struct OrderedBits: Sendable {
  private let unused: UInt64
  private let elementType: ElementType

  init(_ elementType: ElementType) {
    unused = UInt64(64 - 8 * elementType.size)
    self.elementType = elementType
  }

  /// The integer for the value in the low bits.
  @inline(__always)
  func number(_ bits: UInt64) -> Int64 {
    if elementType.isWide { return elementType.ordinal(bits: bits) }
    let number = Int64(bitPattern: bits << unused) >> Int64(unused)
    return number >= 0 ? number : number ^ (.max >> Int64(unused))
  }

  /// The value, in the low bits, for an integer.
  @inline(__always)
  func bits(_ number: Int64) -> UInt64 {
    if elementType.isWide { return elementType.bits(ordinal: number) }
    let narrow = Int64(bitPattern: UInt64(bitPattern: number) << unused) >> Int64(unused)
    let bits = narrow >= 0 ? narrow : narrow ^ (.max >> Int64(unused))
    return (UInt64(bitPattern: bits) << unused) >> unused
  }
}
