/// Maps bytes to half bytes, which are coded bit by bit: the 15 most frequent bytes to one, the next 15 to two, and all
/// others to four.
///
/// Most bytes of a table of numbers thus take four bits to code, which halves the work.
struct NibbleCode: ~Copyable {
  /// The number of bytes with a short code.
  static let frequentBytes = 30
  private static let escape = 15

  /// The half bytes of each byte, from the highest of 16 bits on.
  private let codes = FixedBuffer<UInt32>(repeating: 0, count: 256)
  /// The bytes with the first 15 codes; and, from 16 on, those with the next ones.
  private let bytes = FixedBuffer<UInt8>(repeating: 0, count: 32)

  /// - Parameter frequent: at most ``frequentBytes`` bytes, starting with the 15 most frequent.
  init(frequent: [UInt8]) {
    for byte in 0..<256 { codes[byte] = 0xFF00 | UInt32(byte) }
    for (i, byte) in frequent.prefix(Self.frequentBytes).enumerated() {
      codes[Int(byte)] = i < Self.escape ? UInt32(i) << 12 : 0xF000 | UInt32(i - Self.escape) << 8
      bytes[i < Self.escape ? i : i + 1] = byte
    }
  }

  /// The half bytes of a byte, from the highest of 16 bits on.
  @inline(__always)
  func code(_ byte: UInt8) -> UInt32 { codes[Int(byte)] }

  /// The byte for a sequence of half bytes; nil if more of them follow.
  ///
  /// - Parameters:
  ///   - path: the half bytes, with the last one in the lowest bits.
  ///   - level: the number of half bytes before the last one, 0 to 3.
  @inline(__always)
  func byte(_ path: UInt32, level: Int) -> UInt8? {
    let last = Int(path & 15)
    switch level {
    case 0: return last < Self.escape ? bytes[last] : nil
    case 1: return last < Self.escape ? bytes[16 | last] : nil
    case 2: return nil
    default: return UInt8(truncatingIfNeeded: path)
    }
  }
}
