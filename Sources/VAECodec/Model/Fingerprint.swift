/// A name for a model's content: FNV-1a (Fowler, Noll and Vo; RFC 9923) in 64 bits. It tells models apart; it does
/// not protect from someone who wants two to look alike.
enum Fingerprint {
  /// The fingerprint of `bytes`.
  static func of(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
  }

  /// Sixteen hexadecimal digits.
  static func text(_ fingerprint: UInt64) -> String {
    let digits = String(fingerprint, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
