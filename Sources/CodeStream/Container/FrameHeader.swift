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
  /// Bytes that a block decompresses to, at most.
  private static let largest = 1 << 17

  /// Whether the frame's checksum follows.
  var isLast: Bool
  /// Bytes of the block after its header.
  var bodySize: Int

  /// Reads three bytes; nil where they are no header.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.size else { return nil }
    let bits = bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    isLast = bits & 1 == 1
    let size = bits >> 3
    guard size <= Self.largest else { return nil }
    switch bits >> 1 & 3 {
    case 0, 2: bodySize = size
    case 1: bodySize = 1
    default: return nil
    }
  }
}
