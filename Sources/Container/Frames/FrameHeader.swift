import ByteIO

/// The beginning of a zstd frame as chunks have it: with the size of its content and a checksum, without a
/// dictionary (RFC 8878, section 3.1.1.1).
struct FrameHeader: Equatable {
  /// Bytes of the longest header.
  static let largest = 18
  /// Bytes of the header, magic included.
  var size: Int
  /// Bytes that the frame decompresses to.
  var contentSize: UInt64

  /// How many bytes the header takes after the magic and the descriptor, or nil where the descriptor is none of a
  /// chunk's.
  static func restSize(descriptor: UInt8) -> Int? {
    // A checksum and no dictionary; the reserved bit and the unused one are 0.
    guard descriptor & 0b0001_1111 == 0b0000_0100 else { return nil }
    let singleSegment = descriptor & 0b0010_0000 != 0
    switch descriptor >> 6 {
    case 0: return singleSegment ? 1 : nil
    case 1: return singleSegment ? 2 : 3
    case 2: return singleSegment ? 4 : 5
    default: return singleSegment ? 8 : 9
    }
  }

  /// Reads the header at the beginning of `frame`; nil where there is none of a chunk's.
  init?(_ frame: ArraySlice<UInt8>) {
    var reader = ByteReader(frame)
    do {
      guard try reader.integer() == Container.frameMagic else { return nil }
      let descriptor: UInt8 = try reader.integer()
      guard let rest = Self.restSize(descriptor: descriptor) else { return nil }
      if descriptor & 0b0010_0000 == 0 { _ = try reader.integer(UInt8.self) }
      switch descriptor >> 6 {
      case 0: contentSize = UInt64(try reader.integer(UInt8.self))
      case 1: contentSize = UInt64(try reader.integer(UInt16.self)) + 256
      case 2: contentSize = UInt64(try reader.integer(UInt32.self))
      default: contentSize = try reader.integer()
      }
      size = 5 + rest
    } catch {
      return nil
    }
  }
}

/// The beginning of a block within a zstd frame (RFC 8878, section 3.1.1.2).
struct BlockHeader: Equatable {
  /// Bytes of the header.
  static let size = 3
  /// Bytes that a block decompresses to, at most; nor does it take more.
  static let largestBlock = 1 << 17

  /// How a block is written.
  enum Kind: Int {
    case raw = 0
    /// One byte, so many times.
    case repeated = 1
    case compressed = 2
  }

  var kind: Kind
  /// Whether the frame's checksum follows.
  var isLast: Bool
  /// Bytes of the block after its header.
  var bodySize: Int

  /// The header of the same block, not a repeated one, as the last of a frame.
  var asLast: [UInt8] {
    let bits = bodySize << 3 | kind.rawValue << 1 | 1
    return (0..<Self.size).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
  }

  /// Reads three bytes; nil where they are no header.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.size else { return nil }
    let bits = bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    isLast = bits & 1 == 1
    let size = bits >> 3
    guard size <= Self.largestBlock, let kind = Kind(rawValue: bits >> 1 & 3) else { return nil }
    self.kind = kind
    bodySize = kind == .repeated ? 1 : size
  }
}
