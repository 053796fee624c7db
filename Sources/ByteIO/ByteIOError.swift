#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The errors of moving, compressing and decompressing bytes.
public enum ByteIOError: Error, Equatable {
  /// A system call failed: the operation ("open", "write", …), the file and errno.
  case system(operation: String, path: String, errno: Int32)
  /// The reader of a pipe has closed it.
  case brokenPipe
  /// The output exists, and overwriting it is not allowed.
  case exists(path: String)
  /// A compressed input is invalid: the format ("gzip" or "zstd") and the library's message.
  case corrupt(format: String, reason: String)
  /// A compressed input ends too early: the format ("gzip" or "zstd").
  case truncated(format: String)
  /// The content exceeds `limit` bytes.
  case tooLarge(limit: Int)
  /// The caller no longer wants the bytes.
  case cancelled
  /// A file needs more memory than `limit` bytes; `needs` is nil where the amount is unknown.
  case memory(needs: Int?, limit: Int)
}

extension ByteIOError {
  /// Whether a larger memory limit would help.
  public var asksForMore: Bool { if case .memory = self { true } else { false } }
}

extension ByteIOError: CustomStringConvertible {
  /// What is wrong, and in which file if that is known.
  public var description: String {
    if case .system(_, let path, _) = self { return "\(path): \(problem)" }
    if case .exists(let path) = self { return "\(path): \(problem)" }
    return problem
  }

  /// What is wrong, without the file name.
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

  /// The system's message, with its first letter in lower case to fit into a sentence.
  static func text(ofErrno number: Int32) -> String {
    guard let words = strerror(number) else { return "error \(number)" }
    let text = String(cString: words)
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
