/// Classes of differences, for the contexts of 64-bit integers.
enum DifferenceClass {
  /// The limit of magnitudes.
  private static let largestSize: UInt64 = 1 << 24

  /// The magnitude of a difference, clamped.
  @inline(__always)
  static func size(_ difference: Int64) -> Int64 { Int64(min(difference.magnitude, largestSize)) }

  /// A logarithmic level, two per octave; 0 for 0.
  @inline(__always)
  static func level(_ size: Int64) -> Int {
    guard size > 0 else { return 0 }
    let place = 63 - size.leadingZeroBitCount
    return 2 * place + (place > 0 ? Int(size >> Int64(place - 1)) & 1 : 0) + 1
  }

  /// The sign and magnitude of a difference, in 7 classes.
  @inline(__always)
  static func sign(_ difference: Int64) -> Int {
    switch difference {
    case 0: 0
    case 1: 1
    case 2, 3: 2
    case 4...: 3
    case -1: 4
    case -3, -2: 5
    default: 6
    }
  }

  @inline(__always)
  static func hash(_ context: Int, _ a: Int, _ b: Int, _ c: Int) -> UInt32 {
    var h = UInt32(truncatingIfNeeded: context) &* 0x9E37_79B9 &+ UInt32(truncatingIfNeeded: a) &* 0x000F_4243
    h = (h &+ UInt32(truncatingIfNeeded: b)) &* 0x2545_F491
    h ^= h >> 13
    h = (h &+ UInt32(truncatingIfNeeded: c)) &* 0x85EB_CA6B
    return h ^ h >> 16
  }
}
