import ByteIO

/// Locates frames in a file with random access, reading only the bytes that determine where frames end.
struct FrameFinder {
  let store: any ByteStore
  let memory: MemoryLimit

  /// The maximum content size of a chunk; a frame that announces more is not a chunk.
  var contentLimit: Int { min(memory.bytes, Container.largestContent) }

  /// Throws if the streams and chunks found exceed the memory limit.
  func admit(_ streams: Int, chunks: Int) throws(StreamError) {
    try memory.admit(
      inStream: MemoryLimit.sum((streams, Self.streamBytes), (chunks, Self.chunkBytes)))
  }

  /// The maximum memory in bytes per stream and per chunk, including what callers keep of them.
  private static let (streamBytes, chunkBytes) = (1024, 256)

  /// The kind of a frame, by its magic number.
  enum Kind {
    case header
    case data
    case seekTable
    /// A model; see ``EmbeddedModel``.
    case model
  }

  /// A frame, as its own sizes describe it.
  struct Frame {
    var kind: Kind
    var range: Range<Int>
    /// The size of its content in bytes.
    var contentSize = 0
  }

  /// The number of bytes examined at the start of an uncompressed block.
  static let glance = 1 << 10
  /// The number of bytes searched at once.
  private static let window = 1 << 20

  func read(_ offset: Int, _ count: Int) throws(StreamError) -> [UInt8] {
    do throws(ByteIOError) {
      return try store.read(at: offset, upTo: count)
    } catch {
      throw .bytes(error)
    }
  }

  /// The frame at `offset`; nil if there is none of this format, or it does not end within the file.
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

  /// The header in a frame; nil if it is damaged or of another version.
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

  /// Whether a frame with a model ends where the model does. The reader of the model checks its content.
  func isWholeModel(_ frame: Frame) throws(StreamError) -> Bool {
    let size = frame.range.count - Container.skippableHeaderSize
    guard frame.kind == .model, size > EmbeddedModel.headSize,
      size <= min(memory.bytes, EmbeddedModel.largest)
    else {
      return false
    }
    var rest = try read(
      frame.range.upperBound - size + EmbeddedModel.headSize, size - EmbeddedModel.headSize)[...]
    // The part for decoders, and possibly the part for encoders.
    for _ in 0..<2 where !rest.isEmpty {
      guard let first = try? ZstdFrame.compressedSize(of: rest) else { return false }
      rest = rest.dropFirst(first)
    }
    return rest.isEmpty
  }

  /// The content of a frame; nil if it is damaged.
  func content(_ range: Range<Int>) throws(StreamError) -> [UInt8]? {
    guard range.count <= memory.bytes else { return nil }
    let bytes = try read(range.lowerBound, range.count)
    do throws(ByteIOError) {
      return try ZstdFrame.decompress(bytes[...], limit: contentLimit)
    } catch {
      return nil
    }
  }

  /// The start of a frame's content; nil if its first block does not determine it.
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

  /// The next offset, from `offset` on, of one of several magic numbers.
  func nextMagic(_ magics: [UInt32], from offset: Int) throws(StreamError) -> Int? {
    var begin = offset
    while true {
      let bytes = try read(begin, Self.window)
      guard bytes.count >= 4 else { return nil }
      let place = bytes.withUnsafeBufferPointer { bytes -> Int? in
        var word = UInt32(bytes[0]) << 8 | UInt32(bytes[1]) << 16 | UInt32(bytes[2]) << 24
        for i in 3..<bytes.count {
          word = word >> 8 | UInt32(bytes[i]) << 24
          // The last byte of each magic number.
          if bytes[i] == 0x18 || bytes[i] == 0xFD, magics.contains(word) { return i - 3 }
        }
        return nil
      }
      if let place { return begin + place }
      begin += bytes.count - 3
    }
  }
}
