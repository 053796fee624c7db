import ByteIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ByteIOError: Advised {
  var remedy: String? {
    switch self {
    case .system(_, _, let number): Self.remedy(number)
    case .brokenPipe, .cancelled: nil
    case .exists: "pass -f to overwrite it"
    case .corrupt, .tooLarge: "get a fresh copy"
    case .truncated: "get a complete copy"
    case .memory: "pass a larger --memory if you trust the file"
    }
  }

  /// The remedy, unless the system's message implies it.
  private static func remedy(_ number: Int32) -> String? {
    switch number {
    case ENOENT: "check the name"
    case EACCES, EPERM, EROFS: "check the permissions"
    case ENOSPC, EDQUOT, EFBIG: "free some space, or choose another place"
    case EISDIR: "name the files in it"
    case EMFILE, ENFILE: "raise the limit on open files"
    default: nil
    }
  }
}
