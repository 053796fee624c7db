import ByteIO

/// The errors of a `.vaec` stream.
public enum StreamError: Error, Equatable {
  /// The likely kind of a file that is not a `.vaec` stream.
  public enum Likeness: Equatable, Sendable {
    /// The file is empty.
    case empty
    /// A zstd file.
    case zstd
    /// A gzip file.
    case gzip
    /// A NumPy array.
    case npy
    /// None of these: its first bytes, at most eight, for a caller that knows more formats.
    case other([UInt8])
  }

  /// The bytes could not be read or written.
  case bytes(ByteIOError)
  /// The input does not start as a stream does.
  case notAVaecFile(Likeness)
  /// The version of the stream is newer than this reader.
  case unsupportedVersion(UInt8)
  /// The stream has flags that this reader does not know.
  case unsupportedFlags(UInt8)
  /// The stream's header does not match its checksum.
  case damagedHeader
  /// The input ends within a header, a chunk or a seek table: the number of whole chunks after the last header.
  case truncated(afterChunks: Int)
  /// The chunk with this number (from 0, within its stream) is not a valid frame.
  case damagedChunk(index: Int)
  /// A header or a chunk announces more bytes than the limit.
  case oversize(bytes: Int, limit: Int)
  /// The stream to be written has more chunks than a seek table can hold.
  case tooManyChunks(limit: Int)
  /// The end of the stream with its seek table is missing: the number of chunks after its header, if known.
  case missingSeekTable(afterChunks: Int?)
  /// The seek table does not match the stream.
  case damagedSeekTable
  /// The bytes from this offset on are not part of a stream.
  case trailingBytes(offset: Int)
}
