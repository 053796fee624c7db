import ByteIO
import Container

/// Writes one stream in the form that its chunks require: a single chunk makes a compact stream, anything else a stream
/// of chunks. Nothing is written before the first frame is there.
struct StreamOutput {
  private let sink: any ByteSink
  private let details: StreamMetadata
  private let name: String
  private var writer: StreamWriter?
  private var compactSize: Int?

  /// - Parameter name: the input in messages.
  init(_ sink: any ByteSink, _ details: StreamMetadata, name: String) {
    self.sink = sink
    self.details = details
    self.name = name
  }

  /// Bytes of the header; of a compact stream there is none.
  var headerSize: Int { writer?.headerSize ?? 0 }

  /// Whether nothing has been written.
  var isEmpty: Bool { writer == nil && compactSize == nil }

  /// The start of a compact stream's frame, before the content of its chunk.
  var compactPrefix: [UInt8] { CompactStream.prefix(details.encodeCompact()) }

  /// Writes the frame of the only chunk, which starts with ``compactPrefix``: the whole stream.
  mutating func write(only frame: [UInt8]) throws(CodecError) {
    precondition(isEmpty, "a compact stream has one frame")
    _ = try readingBack(name) { () throws(CodecError) in try StreamMetadata(details.encode(), name: name) }
    do throws(ByteIOError) {
      try sink.write(frame)
    } catch {
      throw .stream(.bytes(error), name: name)
    }
    compactSize = frame.count
  }

  /// Writes the frame of a chunk, preceded by the header if it is the first.
  mutating func write(_ frame: [UInt8]) throws(CodecError) {
    precondition(compactSize == nil, "a compact stream has one frame")
    let writer = try begun()
    try withFileContext(name) { () throws(StreamError) in try writer.append(frame: frame) }
  }

  /// Ends the stream; returns its size in bytes.
  mutating func finish() throws(CodecError) -> Int {
    if let compactSize { return compactSize }
    let writer = try begun()
    try withFileContext(name) { () throws(StreamError) in try writer.finish() }
    return writer.size
  }

  private mutating func begun() throws(CodecError) -> StreamWriter {
    if let writer { return writer }
    let content = details.encode()
    // The header is checked before it is written: output to a pipe cannot be taken back.
    _ = try readingBack(name) { () throws(CodecError) in try StreamMetadata(content, name: name) }
    let writer = try withFileContext(name) { () throws(StreamError) in
      try StreamWriter(sink, header: StreamHeader(content: content))
    }
    self.writer = writer
    return writer
  }
}
