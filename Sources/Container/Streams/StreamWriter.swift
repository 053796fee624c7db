import ByteIO

/// Writes one `.vaec` stream of chunks: header, chunks, seek table.
///
/// Only one task may use it at a time.
package final class StreamWriter {
  private let sink: any ByteSink
  private var entries = ByteWriter()
  private var isFinished = false
  /// The number of chunks written.
  package private(set) var chunks = 0
  /// The number of bytes written.
  package private(set) var size = 0
  /// Of them, those of the header.
  package private(set) var headerSize = 0

  /// Starts a stream with its header.
  package init(_ sink: any ByteSink, header: StreamHeader) throws(StreamError) {
    self.sink = sink
    try write(header.frame, contentSize: 0)
    headerSize = size
  }

  /// Writes a chunk: a frame of a ``ChunkEncoder``, with at most 2 GiB of content.
  ///
  /// - Throws: `oversize` and `tooManyChunks`, which the data may cause, and errors of writing.
  package func append(frame: [UInt8]) throws(StreamError) {
    precondition(!isFinished, "nothing follows the seek table")
    guard let header = FrameHeader(frame[...]), header.contentSize <= UInt64(Container.largestContent) else {
      throw .oversize(
        bytes: FrameHeader(frame[...]).flatMap { Int(exactly: $0.contentSize) } ?? frame.count,
        limit: Container.largestContent)
    }
    guard chunks < Container.maximumFrames - 1 else {
      throw .tooManyChunks(limit: Container.maximumFrames - 1)
    }
    try write(frame, contentSize: UInt32(header.contentSize))
    chunks += 1
  }

  /// Writes the seek table. The sink is not finished: another stream may follow.
  package func finish() throws(StreamError) {
    precondition(!isFinished, "a stream ends once")
    isFinished = true
    try write(SeekTable.frame(entries))
  }

  private func write(_ frame: [UInt8], contentSize: UInt32) throws(StreamError) {
    precondition(frame.count <= Int(UInt32.max), "a frame takes at most 4 GiB")
    try write(frame)
    SeekTable.append(size: frame.count, contentSize: Int(contentSize), to: &entries)
  }

  private func write(_ bytes: [UInt8]) throws(StreamError) {
    do {
      try sink.write(bytes)
    } catch {
      throw .bytes(error)
    }
    size += bytes.count
  }
}
