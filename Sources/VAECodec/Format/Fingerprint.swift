/// A name for a model's content: FNV-1a (Fowler, Noll and Vo; RFC 9923) in 64 bits. It tells models apart; it does
/// not protect from someone who wants two to look alike.
enum Fingerprint {
  /// The fingerprint of `bytes`.
  static func of(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
  }

  /// What streams keep of their model's: the upper half.
  static func ofStreams(_ fingerprint: UInt64) -> UInt32 { UInt32(fingerprint >> 32) }

  /// All hexadecimal digits: 16 of a model's fingerprint, and the first eight of them of a stream's.
  static func text(_ fingerprint: some FixedWidthInteger & UnsignedInteger) -> String {
    let digits = String(fingerprint, radix: 16)
    return String(repeating: "0", count: fingerprint.bitWidth / 4 - digits.count) + digits
  }
}
