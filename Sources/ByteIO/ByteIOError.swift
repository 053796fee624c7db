/// What can go wrong while bytes are moved, compressed or decompressed.
public enum ByteIOError: Error, Equatable {
  /// A system call failed: what was being done ("open", "write", …), on which file, and its errno.
  case system(operation: String, path: String, errno: Int32)
  /// The other end of the pipe has gone away.
  case brokenPipe
  /// A compressed input is not valid: "gzip" or "zstd", and what the library said.
  case corrupt(format: String, reason: String)
  /// A compressed input stops before its end: "gzip" or "zstd".
  case truncated(format: String)
  /// Content would take more than the bytes allowed for it.
  case tooLarge(limit: Int)
}
