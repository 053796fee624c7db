import ByteIO

/// What can be wrong with a `.vaec` stream.
public enum StreamError: Error, Equatable {
  /// What a file is that is no `.vaec` stream.
  public enum Likeness: Equatable, Sendable {
    /// Nothing at all.
    case empty
    /// A zstd file.
    case zstd
    /// A gzip file.
    case gzip
    /// A NumPy array.
    case npy
    /// None of these; its first bytes, at most eight, for a caller who knows more formats.
    case other([UInt8])
  }

  /// The bytes could not be read or written.
  case bytes(ByteIOError)
  /// The input begins differently.
  case notAVaecFile(Likeness)
  /// The stream is of a version that is newer than this reader.
  case unsupportedVersion(UInt8)
  /// The stream has flags that this reader does not know.
  case unsupportedFlags(UInt8)
  /// The stream's header does not match its checksum.
  case damagedHeader
  /// The input ends within a header, a chunk or a seek table, so many chunks after the last header.
  case truncated(afterChunks: Int)
  /// The chunk of this number (from 0, within its stream) is no zstd frame as chunks have it.
  case damagedChunk(index: Int)
  /// A header or a chunk announces more bytes than the limit.
  case oversize(bytes: Int, limit: Int)
  /// A stream of more chunks than a seek table holds was to be written.
  case tooManyChunks(limit: Int)
  /// The stream ends without a seek table: so many chunks after its header, where that is known. Its end is lost.
  case missingSeekTable(afterChunks: Int?)
  /// The seek table does not describe the stream that it ends.
  case damagedSeekTable
  /// What follows the stream, from this byte of the input on, is no stream.
  case trailingBytes(offset: Int)
}
