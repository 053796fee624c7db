/// Adaptive probabilities: at first the mean of all bits seen, later that of the most recent ones.
///
/// A slot takes 32 bits: 22 for the probability, and 10 for the number of bits it has seen.
struct AdaptiveProbability: ~Copyable {
  /// The use count at which the adaptation rate stops decreasing.
  private static let maximumUses: UInt32 = 255
  private static let one: UInt32 = 1 << 22

  /// 2^16 / (uses + 1.5), by uses.
  private let shares = FixedBuffer<UInt32>(repeating: 0, count: Int(maximumUses) + 1)

  init() {
    for uses in 0...Int(Self.maximumUses) { shares[uses] = UInt32(131_072 / (2 * uses + 3)) }
  }

  /// A slot with probability `p` / 65536, `p` from 0 to 65535, as if it had seen `uses` bits.
  static func initial(_ p: UInt32, uses: UInt32) -> UInt32 { p << 16 | uses }

  /// The probability of a 1 in units of 1 / 4096, 0 to 4095.
  @inline(__always)
  static func value(_ slot: UInt32) -> Int32 { Int32(truncatingIfNeeded: slot >> 20) }

  @inline(__always)
  func learn(_ slot: UnsafeMutablePointer<UInt32>, _ bit: UInt32) {
    let old = slot.pointee
    let uses = old & 1023
    let p = Int32(truncatingIfNeeded: old >> 10)
    let target = Int32(truncatingIfNeeded: bit &* (Self.one &- 1))
    let moved = (Int64(target &- p) &* Int64(shares[Int(uses)])) >> 16
    let new = UInt32(truncatingIfNeeded: p &+ Int32(truncatingIfNeeded: moved))
    slot.pointee = new << 10 | (uses < Self.maximumUses ? uses &+ 1 : uses)
  }
}
