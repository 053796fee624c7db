import ByteIO

/// Reads `.vaec` streams from beginning to end, one or several one after the other.
///
/// It finds the frames and checks what is around them; what is in a chunk, a ``ChunkDecoder`` checks. Memory is
/// bounded by the largest chunk. Used by one task at a time.
public final class StreamReader {
  /// What comes next in the input.
  public enum Part: Equatable, Sendable {
    /// A stream begins.
    case header(StreamHeader)
    /// A chunk of the stream.
    case chunk(Chunk)
    /// The stream ends as it should, after so many chunks.
    case end(chunks: Int)
  }

  /// A chunk as it is in the stream.
  public struct Chunk: Equatable, Sendable {
    /// Its zstd frame.
    public var frame: [UInt8]
    /// Its number within the stream, from 0.
    public var index: Int
    /// Where its frame begins in the input.
    public var offset: Int
    /// Bytes that it says it decompresses to.
    public var contentSize: Int
  }

  private enum State {
    case betweenStreams
    case inStream
    case failed(StreamError)
  }

  private let input: InputBuffer
  private let contentLimit: Int
  private var state = State.betweenStreams
  private var chunks = 0
  private var hasSingleChunk = false
  private var digest = SeekTableDigest()

  /// Reads from `source`, which nobody else may read.
  ///
  /// - Parameter contentLimit: a chunk that announces more bytes of content is an error. At most 2 GiB.
  public init(_ source: any ByteSource, contentLimit: Int = 1 << 30) {
    input = InputBuffer(source)
    self.contentLimit = max(0, min(contentLimit, Container.largestContent))
  }

  /// The next part, or nil at the end of the input.
  ///
  /// - Throws: see ``StreamError``; from then on the same error again, because nothing tells where to go on. The
  ///   chunks before it are good.
  public func next() throws(StreamError) -> Part? {
    do throws(StreamError) {
      switch state {
      case .betweenStreams: return try header()
      case .inStream: return try chunkOrEnd()
      case .failed(let error): throw error
      }
    } catch {
      state = .failed(error)
      throw error
    }
  }

  /// The header of the first stream or of another.
  private func header() throws(StreamError) -> Part? {
    let isFirst = input.offset == 0
    let offset = input.offset
    chunks = 0
    var bytes = try input.take(upTo: Container.skippableHeaderSize)
    if bytes.isEmpty {
      if isFirst { throw .notAVaecFile(.empty) }
      return nil
    }
    let isForeign =
      isFirst ? StreamError.notAVaecFile(Self.likeness(bytes)) : StreamError.trailingBytes(offset: offset)
    let magic = (0..<4).map { UInt8(truncatingIfNeeded: Container.headerMagic >> UInt32(8 * $0)) }
    guard magic.starts(with: bytes.prefix(4)) else { throw isForeign }
    guard bytes.count == Container.skippableHeaderSize else { throw .truncated(afterChunks: 0) }
    let size = bytes[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size >= StreamHeader.overhead else { throw isForeign }
    guard size - StreamHeader.overhead <= StreamHeader.largestContent else {
      throw .oversize(bytes: size - StreamHeader.overhead, limit: StreamHeader.largestContent)
    }
    let body = try input.take(upTo: size)
    guard body.count == size else { throw .truncated(afterChunks: 0) }
    guard let header = try StreamHeader(body: body[...]) else { throw isForeign }
    bytes += body
    digest = SeekTableDigest()
    digest.add(size: UInt32(bytes.count), contentSize: 0)
    hasSingleChunk = header.hasSingleChunk
    state = .inStream
    return .header(header)
  }

  private func chunkOrEnd() throws(StreamError) -> Part {
    if hasSingleChunk, chunks == 1 {
      state = .betweenStreams
      return .end(chunks: 1)
    }
    let offset = input.offset
    let bytes = try input.take(upTo: 4)
    if bytes.isEmpty { throw .missingSeekTable(afterChunks: chunks) }
    guard bytes.count == 4 else { throw .truncated(afterChunks: chunks) }
    switch bytes.reversed().reduce(0, { $0 << 8 | UInt32($1) }) {
    case Container.frameMagic: return .chunk(try chunk(bytes, offset: offset))
    case Container.seekTableMagic where !hasSingleChunk: return try end()
    case Container.headerMagic: throw .missingSeekTable(afterChunks: chunks)
    default: throw .damagedChunk(index: chunks)
    }
  }

  /// The rest of a chunk's frame, after its magic.
  private func chunk(_ magic: [UInt8], offset: Int) throws(StreamError) -> Chunk {
    var frame = magic
    try take(1, onto: &frame)
    guard let rest = FrameHeader.restSize(descriptor: frame[4]) else { throw .damagedChunk(index: chunks) }
    try take(rest, onto: &frame)
    guard let header = FrameHeader(frame[...]) else { throw .damagedChunk(index: chunks) }
    guard header.contentSize <= UInt64(contentLimit) else {
      throw .oversize(bytes: Int(clamping: header.contentSize), limit: contentLimit)
    }
    let contentSize = Int(header.contentSize)
    // A good encoder's blocks take no more than their content and three bytes.
    let mostBytes = contentSize + contentSize / 16 + 1024
    var isLast = false
    while !isLast {
      let begin = frame.count
      try take(BlockHeader.size, onto: &frame)
      guard let block = BlockHeader(frame[begin...]), frame.count + block.bodySize <= mostBytes else {
        throw .damagedChunk(index: chunks)
      }
      try take(block.bodySize, onto: &frame)
      isLast = block.isLast
    }
    try take(4, onto: &frame)
    digest.add(size: UInt32(frame.count), contentSize: UInt32(contentSize))
    defer { chunks += 1 }
    return Chunk(frame: frame, index: chunks, offset: offset, contentSize: contentSize)
  }

  /// The rest of the seek table, after its magic.
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

  /// The next number of 32 bits.
  private func number() throws(StreamError) -> Int {
    var bytes: [UInt8] = []
    try take(4, onto: &bytes)
    return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private func take(_ count: Int, onto bytes: inout [UInt8]) throws(StreamError) {
    guard try input.take(count, onto: &bytes) == count else { throw .truncated(afterChunks: chunks) }
  }

  /// What a file looks like that does not begin as a stream does.
  private static func likeness(_ bytes: [UInt8]) -> StreamError.Likeness {
    // Any skippable frame may begin a zstd file.
    if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
    if bytes.count >= 4, bytes[0] & 0xF0 == 0x50, bytes[1...3] == [0x2A, 0x4D, 0x18] { return .zstd }
    if bytes.starts(with: [0x1F, 0x8B]) { return .gzip }
    if bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) { return .npy }
    return .other(bytes)
  }
}

/// Small reads from a source without a system call each.
private final class InputBuffer {
  private let source: any ByteSource
  private var held = [UInt8](repeating: 0, count: 1 << 16)
  private var range = 0..<0
  /// How many bytes have been taken.
  private(set) var offset = 0

  init(_ source: any ByteSource) { self.source = source }

  /// The next `count` bytes, or as many as are left.
  func take(upTo count: Int) throws(StreamError) -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try take(count, onto: &bytes)
    return bytes
  }

  /// Appends the next `count` bytes, or as many as are left; returns how many. Memory grows with what arrives.
  func take(_ count: Int, onto bytes: inout [UInt8]) throws(StreamError) -> Int {
    var missing = count
    while missing > 0 {
      if range.isEmpty {
        do throws(ByteIOError) {
          let got = try held.withUnsafeMutableBufferPointer { (buffer) throws(ByteIOError) in
            try source.read(into: UnsafeMutableRawBufferPointer(buffer))
          }
          range = 0..<got
        } catch {
          throw .bytes(error)
        }
        if range.isEmpty { break }
      }
      let some = range.prefix(missing)
      bytes.append(contentsOf: held[some])
      range = some.upperBound..<range.upperBound
      missing -= some.count
    }
    offset += count - missing
    return count - missing
  }
}
