import ByteIO

/// A stream of one chunk, all in one zstd frame, because a header and a seek table would take more than some chunks do.
///
/// The content of the frame:
///
///     mark     see `StreamMagic`
///     bytes    of the stream's writer, which tell by themselves where they end
///     bytes    the content of the chunk, to the end: see ``ChunkEncoder``
package struct CompactStream: Equatable, Sendable {
  /// The version of the format.
  package var version: UInt8
  /// What follows the mark.
  package var content: ArraySlice<UInt8>
  /// Bytes of the frame.
  package var size: Int

  /// With so many bytes of a file, ``isRecognized(in:)`` is certain.
  package static let prefixSize = FrameHeader.largest + BlockHeader.size + BlockHeader.largestBlock

  /// What a frame's content begins with, where its writer's bytes are `content`. The chunk's content follows.
  package static func prefix(_ content: [UInt8]) -> [UInt8] { StreamMagic.bytes + content }

  /// Reads the content of a frame of ours.
  init(content: [UInt8], size: Int) throws(StreamError) {
    guard content.count >= StreamMagic.size else { throw .damagedChunk(index: 0) }
    version = try StreamMagic.version(content[StreamMagic.name.count])
    self.content = content.dropFirst(StreamMagic.size)
    self.size = size
  }

  /// Whether a file that begins with `prefix` begins with a compact stream.
  ///
  /// Only the first block of the frame is decompressed, 128 KiB at the most, whatever the frame announces.
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
  /// What a frame's content begins with: what is in its first block, 128 KiB at the most, whatever the frame announces.
  ///
  /// - Parameter prefix: what the frame begins with; of a block of plain bytes, any part is enough.
  /// - Returns: nil where no frame begins, or its first block is not all there, or of a byte that is repeated.
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
      // As the only block of a frame with a window of 128 KiB.
      var frame = ByteWriter()
      frame.append(Container.frameMagic)
      // Neither size nor checksum, and 2^(10 + 7) bytes of window.
      frame.append([0, 7 << 3])
      frame.append(block.asLast)
      frame.append(body)
      return try ZstdFrame.decompress(frame.bytes[...], limit: BlockHeader.largestBlock)
    }
  }
}
