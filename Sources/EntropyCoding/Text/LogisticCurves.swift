/// The logit function and its inverse in integer arithmetic.
///
/// A stretched probability is ln(p / (1 - p)) in units of 1 / 256.
struct LogisticCurves: ~Copyable {
  /// The maximum magnitude of a stretched probability.
  static let bound: Int32 = 2047
  /// The magnitude up to which sums are distinguished before squashing: 12 in natural units, a probability of 1 /
  /// 160,000.
  private static let domain: Int32 = 3072

  private let squashed = FixedBuffer<Int32>(repeating: 0, count: 2 * Int(domain))
  private let stretched = FixedBuffer<Int16>(repeating: 0, count: 4096)

  init() {
    // e^(-1 / 256) and its powers, in units of 2^-64.
    let factor: UInt64 = 18_374_827_034_086_858_296
    var power = UInt64.max
    for d in 0..<Int(Self.domain) {
      // 2^16 / (1 + power), rounded to the nearest integer.
      let twice: UInt64 = (1 << 49) / (1 << 32 + power >> 32)
      let p = Int32((twice + 1) >> 1)
      squashed[Int(Self.domain) + d] = min(65535, p)
      squashed[Int(Self.domain) - d] = max(1, 65536 - p)
      power = power.multipliedFullWidth(by: factor).high
    }
    squashed[0] = 1
    var d = -Self.bound
    for step in 0..<4096 {
      while d < Self.bound, squash(d) < Int32(step) << 4 + 8 { d += 1 }
      stretched[step] = Int16(d)
    }
  }

  /// 65536 / (1 + e^(-d / 256)), from 1 to 65535.
  @inline(__always)
  func squash(_ d: Int32) -> Int32 {
    squashed[Int(max(1 - Self.domain, min(Self.domain - 1, d)) &+ Self.domain)]
  }

  /// The stretched probability of `p` / 4096, with `p` from 0 to 4095, at the middle of its interval.
  @inline(__always)
  func stretch(_ p: Int32) -> Int32 { Int32(stretched[Int(p)]) }
}
