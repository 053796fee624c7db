import ByteIO

/// A stream of one chunk in a single zstd frame, because a header and a seek table can outweigh a small chunk.
///
/// The content of the frame:
///
///     mark     see `StreamMagic`
///     bytes    of the stream's writer, which are self-delimiting
///     bytes    the content of the chunk, to the end: see ``ChunkEncoder``
package struct CompactStream: Equatable, Sendable {
  /// The version of the format.
  package var version: UInt8
  /// Everything after the mark.
  package var content: ArraySlice<UInt8>
  /// The size of the frame in bytes.
  package var size: Int

  /// The number of leading bytes of a file for which ``isRecognized(in:)`` is certain.
  package static let prefixSize = FrameHeader.largest + BlockHeader.size + BlockHeader.largestBlock

  /// The start of a frame's content, where `content` holds the writer's bytes. The chunk's content follows.
  package static func prefix(_ content: [UInt8]) -> [UInt8] { StreamMagic.bytes + content }

  /// Parses the content of a frame.
  init(content: [UInt8], size: Int) throws(StreamError) {
    guard content.count >= StreamMagic.size else { throw .damagedChunk(index: 0) }
    version = try StreamMagic.version(content[StreamMagic.name.count])
    self.content = content.dropFirst(StreamMagic.size)
    self.size = size
  }

  /// Whether a file that starts with `prefix` starts with a compact stream.
  ///
  /// Only the first block of the frame is decompressed, at most 128 KiB, whatever the frame announces.
  package static func isRecognized(in prefix: ArraySlice<UInt8>) -> Bool {
    do throws(ByteIOError) {
      return try begins(prefix)
    } catch {
      return false
    }
  }

  /// As ``isRecognized(in:)``, but damage is an error.
  static func begins(_ prefix: ArraySlice<UInt8>) throws(ByteIOError) -> Bool {
    try FrameHeader.firstContent(of: prefix).map { StreamMagic.isBeginning(of: $0) } ?? false
  }
}

extension FrameHeader {
  /// The start of a frame's content: that of its first block, at most 128 KiB, whatever the frame announces.
  ///
  /// - Parameter prefix: the start of the frame. For an uncompressed block, any part suffices.
  /// - Returns: nil if there is no frame, or its first block is incomplete or a repeated byte.
  static func firstContent(of prefix: ArraySlice<UInt8>) throws(ByteIOError) -> [UInt8]? {
    guard let header = FrameHeader(prefix) else { return nil }
    let first = prefix.dropFirst(header.size)
    guard let block = BlockHeader(first.prefix(BlockHeader.size)) else { return nil }
    let body = first.dropFirst(BlockHeader.size).prefix(block.bodySize)
    switch block.kind {
    case .raw: return Array(body)
    case .repeated: return nil
    case .compressed:
      guard body.count == block.bodySize else { return nil }
      // The block becomes the only one of a frame with a window of 128 KiB.
      var frame = ByteWriter()
      frame.append(Container.frameMagic)
      // No content size, no checksum, and a window of 2^(10 + 7) bytes.
      frame.append([0, 7 << 3])
      frame.append(block.asLast)
      frame.append(body)
      return try ZstdFrame.decompress(frame.bytes[...], limit: BlockHeader.largestBlock)
    }
  }
}
