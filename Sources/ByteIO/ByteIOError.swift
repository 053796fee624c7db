#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What can go wrong while bytes are moved, compressed or decompressed.
public enum ByteIOError: Error, Equatable {
  /// A system call failed: what was being done ("open", "write", …), on which file, and its errno.
  case system(operation: String, path: String, errno: Int32)
  /// The other end of the pipe has gone away.
  case brokenPipe
  /// The output exists and is not to be overwritten.
  case exists(path: String)
  /// A compressed input is not valid: "gzip" or "zstd", and what the library said.
  case corrupt(format: String, reason: String)
  /// A compressed input stops before its end: "gzip" or "zstd".
  case truncated(format: String)
  /// Content would take more than the bytes allowed for it.
  case tooLarge(limit: Int)
  /// Whoever asked for the bytes does not want them any more.
  case cancelled
  /// What a file asks for takes more memory than is allowed: how many bytes, where that is known.
  case memory(needs: Int?, limit: Int)
}

extension ByteIOError {
  /// Whether more memory would be of help.
  public var asksForMore: Bool { if case .memory = self { true } else { false } }
}

extension ByteIOError: CustomStringConvertible {
  /// What is wrong, on which file if that is known.
  public var description: String {
    if case .system(_, let path, _) = self { return "\(path): \(problem)" }
    if case .exists(let path) = self { return "\(path): \(problem)" }
    return problem
  }

  /// What is wrong, without the name of the file.
  public var problem: String {
    switch self {
    case .system(let operation, _, let number):
      "cannot \(operation): \(Self.text(ofErrno: number))"
    case .brokenPipe:
      "the reader of the output is gone"
    case .exists:
      "already exists"
    case .corrupt(let format, let reason):
      "damaged \(format) data (\(reason))"
    case .truncated(let format):
      "truncated \(format) data"
    case .cancelled:
      "cancelled"
    case .tooLarge(let limit):
      "the content exceeds the limit of \(limit) bytes"
    case .memory(let needed, let limit):
      "\(needed.map { "needs about " + MemoryLimit.text($0) + " of memory," } ?? "needs") more than the "
        + "limit of \(MemoryLimit.text(limit))"
    }
  }

  /// The system's own words, begun in lower case as the rest of the message is.
  static func text(ofErrno number: Int32) -> String {
    guard let words = strerror(number) else { return "error \(number)" }
    let text = String(cString: words)
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
