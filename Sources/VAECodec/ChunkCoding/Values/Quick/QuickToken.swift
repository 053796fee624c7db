/// An error as a token and raw bits, such that few tokens tell how large it is:
///
/// - magnitudes below 8 have a token for each sign, 0 to 15;
/// - others have four tokens an octave, and leave the sign and the bits below the upper three raw.
enum QuickToken {
  /// The number of tokens.
  static let count = 260
  /// The tokens without raw bits.
  private static let plain = 16

  /// The token of an error, and its raw bits: the sign lowest.
  @inline(__always)
  static func split(_ error: Int64) -> (token: Int, raw: UInt64, bits: Int) {
    let size = error.magnitude
    if size < 8 {
      let twice = Int(truncatingIfNeeded: size &<< 1)
      return (error > 0 ? twice &- 1 : twice, 0, 0)
    }
    let octave = 63 &- size.leadingZeroBitCount
    let upper = Int(truncatingIfNeeded: size &>> UInt64(octave &- 2)) & 3
    let low = size & ((1 &<< UInt64(octave &- 2)) &- 1)
    return (plain &+ (octave &- 3) &* 4 &+ upper, low &<< 1 | (error < 0 ? 1 : 0), octave &- 1)
  }

  /// The raw bits of a token.
  @inline(__always)
  static func rawBits(_ token: Int) -> Int { token < plain ? 0 : (token &- plain) &>> 2 &+ 2 }

  /// The error of a token without raw bits.
  @inline(__always)
  static func error(plain token: Int) -> Int64 {
    let even = Int64(token & 1 ^ 1)
    return (Int64((token &+ 1) &>> 1) ^ (0 &- even)) &+ even
  }

  /// The error of a token with raw bits.
  @inline(__always)
  static func error(_ token: Int, raw: UInt64) -> Int64 {
    let octave = UInt64(truncatingIfNeeded: (token &- plain) &>> 2 &+ 3)
    let upper = UInt64(truncatingIfNeeded: 4 &+ (token &- plain) & 3)
    let size = Int64(bitPattern: upper &<< (octave &- 2) | raw &>> 1)
    return raw & 1 == 1 ? 0 &- size : size
  }

  /// Whether a token has no raw bits.
  @inline(__always)
  static func isPlain(_ token: Int) -> Bool { token < plain }
}
