import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a new file is made of, which decides who may read it.
package enum Provenance: Sendable {
  /// Of no file: it gets the permissions that the process gives new files.
  case unknown
  /// The same content in another form: it keeps the permissions and the time of modification, and, where the process may give
  /// it away, the owner and the group, as gzip and zstd do it.
  case copy(of: FileStatus)
  /// It says something of each of these: it gets no more permissions than any of them has.
  case derived(from: [FileStatus])

  /// The same content as that of a file, in another form; unknown for what was not opened by its name, as standard input.
  package init(copying source: FileSource) { self = source.opened.map { .copy(of: $0) } ?? .unknown }

  /// Gives an open file, which only its owner can read so far, what it is to have.
  ///
  /// What the file system refuses stays as it is: nobody gets more than the provenance allows.
  func apply(to descriptor: FileDescriptor) {
    guard let file = FileStatus(of: descriptor), file.kind == .regular else { return }
    let number = descriptor.rawValue
    switch self {
    case .unknown: _ = fchmod(number, mode_t(Self.standard))
    case .copy(let origin):
      let keepsGroup = origin.group == file.group || fchown(number, uid_t.max, origin.group) == 0
      if origin.owner != file.owner { _ = fchown(number, origin.owner, gid_t.max) }
      _ = fchmod(number, mode_t(Self.permissions(of: origin, keepsGroup: keepsGroup)))
      // A file's own time, and the time of the last look as it is.
      var times = [timespec(tv_sec: 0, tv_nsec: Self.omitted), timespec()]
      times[1].tv_sec = time_t(origin.modifiedSeconds)
      times[1].tv_nsec = origin.modifiedNanoseconds
      _ = futimens(number, times)
    case .derived(let origins):
      let permissions = origins.reduce(Self.standard) {
        $0 & Self.permissions(of: $1, keepsGroup: $1.group == file.group)
      }
      _ = fchmod(number, mode_t(permissions))
    }
  }

  /// UTIME_OMIT, which is no constant that Swift sees.
  #if os(Linux)
    private static let omitted = (1 << 30) - 2
  #else
    private static let omitted = -2
  #endif

  /// The permissions of what is made of a file: another group gets no more than all others had.
  private static func permissions(of origin: FileStatus, keepsGroup: Bool) -> UInt32 {
    keepsGroup ? origin.permissions : origin.permissions & (0o707 | (origin.permissions & 0o007) << 3)
  }

  /// What the process gives new files.
  ///
  /// Asking takes setting it, for which a stricter one is taken: files that other threads make just then lose nothing by it.
  private static let standard: UInt32 = {
    let mask = umask(0o077)
    _ = umask(mask)
    return 0o666 & ~UInt32(mask)
  }()
}
