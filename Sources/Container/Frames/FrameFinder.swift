import ByteIO

/// Finds frames in a file any byte of which can be read, by as few bytes as tell where they end.
struct FrameFinder {
  let store: any ByteStore
  let memory: MemoryLimit

  /// A chunk that announces more bytes of content is none.
  var contentLimit: Int { min(memory.bytes, Container.largestContent) }

  /// Throws where streams and chunks that were found are more than memory is allowed for.
  func admit(_ streams: Int, chunks: Int) throws(StreamError) {
    try memory.admit(
      inStream: MemoryLimit.sum((streams, Self.streamBytes), (chunks, Self.chunkBytes)))
  }

  /// What a stream, and a chunk, take in memory at the most, with what others keep of them.
  private static let (streamBytes, chunkBytes) = (1024, 256)

  /// What a frame is by its magic.
  enum Kind {
    case header
    case data
    case seekTable
    /// With a model: see ``EmbeddedModel``.
    case model
  }

  /// A frame, as far as its own sizes tell.
  struct Frame {
    var kind: Kind
    var range: Range<Int>
    /// Bytes that it decompresses to.
    var contentSize = 0
  }

  /// Bytes that are looked at where a block of plain bytes begins.
  static let glance = 1 << 10
  /// Bytes that are searched at once.
  private static let window = 1 << 20

  func read(_ offset: Int, _ count: Int) throws(StreamError) -> [UInt8] {
    do throws(ByteIOError) {
      return try store.read(at: offset, upTo: count)
    } catch {
      throw .bytes(error)
    }
  }

  /// The frame that begins at `offset`; nil where none of ours does, or it does not end within the file.
  func frame(at offset: Int) throws(StreamError) -> Frame? {
    let head = try read(offset, FrameHeader.largest)
    guard head.count >= Container.skippableHeaderSize else { return nil }
    func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
    let kind: Kind
    switch UInt32(number(head[..<4])) {
    case Container.frameMagic: return try dataFrame(at: offset, FrameHeader(head[...]))
    case Container.headerMagic: kind = .header
    case Container.seekTableMagic: kind = .seekTable
    case Container.modelMagic where EmbeddedModel.isRecognized(in: head[...]): kind = .model
    default: return nil
    }
    let size = Container.skippableHeaderSize + number(head[4..<8])
    guard size <= store.size - offset else { return nil }
    return Frame(kind: kind, range: offset..<offset + size)
  }

  private func dataFrame(at offset: Int, _ header: FrameHeader?) throws(StreamError) -> Frame? {
    guard let header, header.contentSize <= UInt64(contentLimit) else { return nil }
    let contentSize = Int(header.contentSize)
    let most = contentSize / 16 * 17 + 1024
    var end = offset + header.size
    while true {
      guard let block = BlockHeader(try read(end, BlockHeader.size)[...]) else { return nil }
      end += BlockHeader.size + block.bodySize
      guard end - offset <= most, end + 4 <= store.size else { return nil }
      if block.isLast { return Frame(kind: .data, range: offset..<end + 4, contentSize: contentSize) }
    }
  }

  /// The header in a frame; nil where it is damaged, or of another version.
  func header(_ frame: Frame) throws(StreamError) -> StreamHeader? {
    let size = frame.range.count - Container.skippableHeaderSize
    guard frame.kind == .header, size >= StreamHeader.overhead,
      size - StreamHeader.overhead <= min(memory.bytes, StreamHeader.largestContent)
    else { return nil }
    let body = try read(frame.range.lowerBound + Container.skippableHeaderSize, size)
    do throws(StreamError) {
      return try StreamHeader(body: body[...])
    } catch {
      return nil
    }
  }

  /// Whether a frame with a model ends where the model does. What is in a model, its reader checks.
  func isWholeModel(_ frame: Frame) throws(StreamError) -> Bool {
    let size = frame.range.count - Container.skippableHeaderSize
    guard frame.kind == .model, size > EmbeddedModel.headSize,
      size <= min(memory.bytes, EmbeddedModel.largest)
    else {
      return false
    }
    var rest = try read(
      frame.range.upperBound - size + EmbeddedModel.headSize, size - EmbeddedModel.headSize)[...]
    // What decoders need, and maybe what encoders need.
    for _ in 0..<2 where !rest.isEmpty {
      guard let first = try? ZstdFrame.compressedSize(of: rest) else { return false }
      rest = rest.dropFirst(first)
    }
    return rest.isEmpty
  }

  /// The content of a frame; nil where it is damaged.
  func content(_ range: Range<Int>) throws(StreamError) -> [UInt8]? {
    guard range.count <= memory.bytes else { return nil }
    let bytes = try read(range.lowerBound, range.count)
    do throws(ByteIOError) {
      return try ZstdFrame.decompress(bytes[...], limit: contentLimit)
    } catch {
      return nil
    }
  }

  /// What the content of a frame begins with; nil where its first block alone does not tell.
  func beginning(_ range: Range<Int>) throws(StreamError) -> [UInt8]? {
    let head = try read(range.lowerBound, min(range.count, FrameHeader.largest + BlockHeader.size))
    guard let header = FrameHeader(head[...]),
      let block = BlockHeader(head[min(header.size, head.count)...].prefix(BlockHeader.size))
    else { return nil }
    let size = header.size + BlockHeader.size
    let body = block.kind == .raw ? min(block.bodySize, Self.glance) : block.bodySize
    let bytes = try read(range.lowerBound, min(range.count, size + body))
    do throws(ByteIOError) {
      return try FrameHeader.firstContent(of: bytes[...])
    } catch {
      return nil
    }
  }

  /// Where one of some magics stands next, from `offset` on.
  func nextMagic(_ magics: [UInt32], from offset: Int) throws(StreamError) -> Int? {
    var begin = offset
    while true {
      let bytes = try read(begin, Self.window)
      guard bytes.count >= 4 else { return nil }
      let place = bytes.withUnsafeBufferPointer { bytes -> Int? in
        var word = UInt32(bytes[0]) << 8 | UInt32(bytes[1]) << 16 | UInt32(bytes[2]) << 24
        for i in 3..<bytes.count {
          word = word >> 8 | UInt32(bytes[i]) << 24
          // The last byte of all magics.
          if bytes[i] == 0x18 || bytes[i] == 0xFD, magics.contains(word) { return i - 3 }
        }
        return nil
      }
      if let place { return begin + place }
      begin += bytes.count - 3
    }
  }
}
