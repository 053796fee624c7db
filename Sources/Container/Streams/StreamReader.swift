import ByteIO

/// Reads one or more `.vaec` streams in sequence, from start to end.
///
/// It locates frames and checks their headers and sizes. A ``ChunkDecoder`` checks the content of chunks; only the
/// frame of a compact stream is decompressed here. Memory is bounded by the largest chunk. Only one task may use it at
/// a time.
package final class StreamReader {
  /// The next part of the input.
  package enum Part: Equatable, Sendable {
    /// The start of a stream of chunks.
    case header(StreamHeader)
    /// A chunk of the stream.
    case chunk(Chunk)
    /// The regular end of a stream, and its number of chunks.
    case end(chunks: Int)
    /// A whole compact stream.
    case compact(CompactStream)
    /// The bytes of a model for the streams that follow.
    case model([UInt8])
  }

  /// A chunk as stored in the stream.
  package struct Chunk: Equatable, Sendable {
    /// Its zstd frame.
    package var frame: [UInt8]
    /// Its number within the stream, from 0.
    package var index: Int
    /// The offset of its frame in the input.
    package var offset: Int
    /// The size in bytes that it announces for its content.
    package var contentSize: Int
  }

  /// Headers up to this size are not checked against the memory limit.
  private static let usualHeader = 1 << 20

  private enum State {
    case betweenStreams
    case inStream
    case failed(StreamError)
  }

  private let input: InputBuffer
  private let memory: MemoryLimit
  private var contentLimit: Int { min(memory.bytes, Container.largestContent) }
  private var state = State.betweenStreams
  private var chunks = 0
  private lazy var zstd = ZstdDecompressor()
  private var digest = SeekTableDigest()

  /// Reads from `source`, which nothing else may read.
  ///
  /// - Parameter memory: the limit for a header, a model or the content of a chunk.
  package init(_ source: any ByteSource, memory: MemoryLimit = .standard) {
    input = InputBuffer(source)
    self.memory = memory
  }

  /// Returns the next part, or nil at the end of the input.
  ///
  /// - Throws: ``StreamError``. After an error every call throws it again, because the position of the next part is
  ///   unknown. The chunks returned before are valid.
  package func next() throws(StreamError) -> Part? {
    do throws(StreamError) {
      switch state {
      case .betweenStreams: return try stream()
      case .inStream: return try chunkOrEnd()
      case .failed(let error): throw error
      }
    } catch {
      state = .failed(error)
      throw error
    }
  }

  /// Reads the start of a stream, or a whole compact stream.
  private func stream() throws(StreamError) -> Part? {
    let isFirst = input.offset == 0
    let offset = input.offset
    chunks = 0
    let bytes = try input.take(upTo: 4)
    if bytes.isEmpty {
      if isFirst { throw .notAVaecFile(.empty) }
      return nil
    }
    let isForeign = isFirst ? StreamError.notAVaecFile(.zstd) : .trailingBytes(offset: offset)
    if Self.bytes(of: Container.headerMagic).starts(with: bytes) {
      return .header(try header(bytes, else: isForeign))
    }
    if Self.bytes(of: Container.frameMagic).starts(with: bytes) {
      return .compact(try compact(bytes, else: isForeign))
    }
    if Self.bytes(of: Container.modelMagic).starts(with: bytes) {
      return .model(try model(bytes, else: isForeign))
    }
    guard isFirst else { throw .trailingBytes(offset: offset) }
    throw .notAVaecFile(Self.likeness(bytes + (try input.take(upTo: 4))))
  }

  static func bytes(of magic: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: magic >> UInt32(8 * $0)) }
  }

  /// Reads the header of a stream of chunks, after its magic number.
  ///
  /// - Parameter isForeign: the error to throw if the frame belongs to another format.
  private func header(_ magic: [UInt8], else isForeign: StreamError) throws(StreamError) -> StreamHeader {
    var bytes = magic
    try take(Container.skippableHeaderSize - bytes.count, onto: &bytes)
    let size = bytes[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size >= StreamHeader.overhead else { throw isForeign }
    guard size - StreamHeader.overhead <= StreamHeader.largestContent else {
      throw .oversize(bytes: size - StreamHeader.overhead, limit: StreamHeader.largestContent)
    }
    if size > Self.usualHeader { try memory.admit(inStream: size) }
    let body = try input.take(upTo: size)
    guard body.count == size else { throw .truncated(afterChunks: 0) }
    guard let header = try StreamHeader(body: body[...]) else { throw isForeign }
    bytes += body
    digest = SeekTableDigest()
    digest.add(size: UInt32(bytes.count), contentSize: 0)
    state = .inStream
    return header
  }

  /// Reads a model, after the magic number of its frame.
  ///
  /// - Parameter isForeign: the error to throw if the frame belongs to another format.
  private func model(_ magic: [UInt8], else isForeign: StreamError) throws(StreamError) -> [UInt8] {
    var head = magic
    try take(Container.skippableHeaderSize - head.count, onto: &head)
    let size = head[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
    var bytes = try input.take(upTo: min(size, EmbeddedModel.name.count))
    guard bytes == EmbeddedModel.name else { throw isForeign }
    guard size <= EmbeddedModel.largest else { throw .oversize(bytes: size, limit: EmbeddedModel.largest) }
    try memory.admit(inStream: size)
    try take(size - bytes.count, onto: &bytes)
    return bytes
  }

  /// Reads a compact stream, after the magic number of its frame.
  ///
  /// - Parameter isForeign: the error to throw if the frame belongs to another format.
  private func compact(_ magic: [UInt8], else isForeign: StreamError) throws(StreamError) -> CompactStream {
    let found = try frame(magic, else: isForeign) { beginning throws(StreamError) in
      do throws(ByteIOError) {
        return try CompactStream.begins(beginning)
      } catch {
        throw .damagedChunk(index: 0)
      }
    }
    let content: [UInt8]
    do throws(ByteIOError) {
      content = try zstd.decompress(found.bytes[...], limit: contentLimit)
    } catch {
      throw .damagedChunk(index: 0)
    }
    return try CompactStream(content: content, size: found.bytes.count)
  }

  private func chunkOrEnd() throws(StreamError) -> Part {
    let offset = input.offset
    let bytes = try input.take(upTo: 4)
    if bytes.isEmpty { throw .missingSeekTable(afterChunks: chunks) }
    guard bytes.count == 4 else { throw .truncated(afterChunks: chunks) }
    switch bytes.reversed().reduce(0, { $0 << 8 | UInt32($1) }) {
    case Container.frameMagic: return .chunk(try chunk(bytes, offset: offset))
    case Container.seekTableMagic: return try end()
    case Container.headerMagic: throw .missingSeekTable(afterChunks: chunks)
    default: throw .damagedChunk(index: chunks)
    }
  }

  /// Reads the rest of a chunk's frame, after its magic number.
  private func chunk(_ magic: [UInt8], offset: Int) throws(StreamError) -> Chunk {
    let (frame, contentSize) = try frame(magic, else: .damagedChunk(index: chunks))
    digest.add(size: UInt32(frame.count), contentSize: UInt32(contentSize))
    defer { chunks += 1 }
    return Chunk(frame: frame, index: chunks, offset: offset, contentSize: contentSize)
  }

  /// Reads the rest of a frame, after its magic number: all of its bytes, and the announced size of its content.
  ///
  /// - Parameters:
  ///   - isForeign: the error to throw if the header is not that of a chunk, or reading is to stop.
  ///   - reads: called with the frame up to the end of its first block; returns whether to continue.
  private func frame(
    _ magic: [UInt8], else isForeign: StreamError,
    if reads: (_ beginning: ArraySlice<UInt8>) throws(StreamError) -> Bool = { _ in true }
  ) throws(StreamError) -> (bytes: [UInt8], contentSize: Int) {
    var frame = magic
    try take(4 - frame.count + 1, onto: &frame)
    guard let rest = FrameHeader.restSize(descriptor: frame[4]) else { throw isForeign }
    try take(rest, onto: &frame)
    guard let header = FrameHeader(frame[...]) else { throw isForeign }
    // A good encoder's block takes at most its content and three bytes.
    let contentSize = Int(clamping: header.contentSize)
    let maximumBytes = min(contentSize, contentLimit) / 16 * 17 + 1024
    var isLast = false
    var blocks = 0
    while !isLast {
      let begin = frame.count
      try take(BlockHeader.size, onto: &frame)
      guard let block = BlockHeader(frame[begin...]), frame.count + block.bodySize <= maximumBytes else {
        throw .damagedChunk(index: chunks)
      }
      try take(block.bodySize, onto: &frame)
      isLast = block.isLast
      blocks += 1
      guard blocks == 1 else { continue }
      guard try reads(frame[...]) else { throw isForeign }
      guard contentSize <= Container.largestContent else {
        throw .oversize(bytes: contentSize, limit: Container.largestContent)
      }
      try memory.admit(inStream: contentSize)
    }
    try take(4, onto: &frame)
    return (frame, contentSize)
  }

  /// Reads the rest of the seek table, after its magic number.
  private func end() throws(StreamError) -> Part {
    let size = try number()
    guard size == digest.frames * Container.entrySize + Container.footerSize else { throw .damagedSeekTable }
    var found = SeekTableDigest()
    for _ in 0..<digest.frames {
      let size = UInt32(try number())
      found.add(size: size, contentSize: UInt32(try number()))
    }
    var descriptor: [UInt8] = []
    guard found == digest, try number() == digest.frames else { throw .damagedSeekTable }
    try take(1, onto: &descriptor)
    guard descriptor == [0], try number() == Int(Container.seekTableFooter) else { throw .damagedSeekTable }
    state = .betweenStreams
    return .end(chunks: chunks)
  }

  /// Reads the next 32-bit number.
  private func number() throws(StreamError) -> Int {
    var bytes: [UInt8] = []
    try take(4, onto: &bytes)
    return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private func take(_ count: Int, onto bytes: inout [UInt8]) throws(StreamError) {
    guard try input.take(count, onto: &bytes) == count else { throw .truncated(afterChunks: chunks) }
  }

  /// Whether a file that starts with `prefix` starts with a stream.
  ///
  /// - Parameter prefix: 12 bytes suffice for a stream of chunks, and ``CompactStream/prefixSize`` for a compact one.
  package static func isRecognized(in prefix: ArraySlice<UInt8>) -> Bool {
    prefix.starts(with: bytes(of: Container.headerMagic))
      && StreamMagic.isBeginning(of: prefix.dropFirst(Container.skippableHeaderSize))
      || EmbeddedModel.isRecognized(in: prefix) || CompactStream.isRecognized(in: prefix)
  }

  /// The likely kind of a file that does not start as a stream does.
  private static func likeness(_ bytes: [UInt8]) -> StreamError.Likeness {
    // A zstd file may start with any skippable frame.
    if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
    if bytes.count >= 4, bytes[0] & 0xF0 == 0x50, bytes[1...3] == [0x2A, 0x4D, 0x18] { return .zstd }
    if bytes.starts(with: [0x1F, 0x8B]) { return .gzip }
    if bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) { return .npy }
    return .other(bytes)
  }
}
