import ByteIO

/// The header of a zstd frame as chunks have it: with content size and checksum, without a dictionary (RFC 8878,
/// section 3.1.1.1).
struct FrameHeader: Equatable {
  /// The maximum size of a header in bytes.
  static let largest = 18
  /// The size of the header in bytes, including the magic number.
  var size: Int
  /// The size of the frame's content in bytes.
  var contentSize: UInt64

  /// The number of bytes after magic number and descriptor; nil if the descriptor is not that of a chunk.
  static func restSize(descriptor: UInt8) -> Int? {
    // A checksum and no dictionary; the reserved and the unused bit are 0.
    guard descriptor & 0b0001_1111 == 0b0000_0100 else { return nil }
    let singleSegment = descriptor & 0b0010_0000 != 0
    switch descriptor >> 6 {
    case 0: return singleSegment ? 1 : nil
    case 1: return singleSegment ? 2 : 3
    case 2: return singleSegment ? 4 : 5
    default: return singleSegment ? 8 : 9
    }
  }

  /// Parses the header at the start of `frame`; nil if it is not that of a chunk.
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

/// The header of a block in a zstd frame (RFC 8878, section 3.1.1.2).
struct BlockHeader: Equatable {
  /// The size of the header in bytes.
  static let size = 3
  /// The maximum size of a block and of its content in bytes.
  static let largestBlock = 1 << 17

  /// The kind of a block.
  enum Kind: Int {
    case raw = 0
    /// One repeated byte.
    case repeated = 1
    case compressed = 2
  }

  var kind: Kind
  /// Whether the block is the last of its frame.
  var isLast: Bool
  /// The size of the block after its header, in bytes.
  var bodySize: Int

  /// The header of the same block as the last of a frame. The block must not be a repeated byte.
  var asLast: [UInt8] {
    let bits = bodySize << 3 | kind.rawValue << 1 | 1
    return (0..<Self.size).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
  }

  /// Parses three bytes; nil if they are not a header.
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
