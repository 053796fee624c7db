import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The origin of a new file's content, which determines who may read the file.
package enum Provenance: Sendable {
  /// No file: the new file gets the process's default permissions.
  case unknown
  /// The same content in another form: the new file keeps the permissions and the modification time, and where the
  /// process may set them, the owner and the group. gzip and zstd do the same.
  case copy(of: FileStatus)
  /// Content derived from these files: the new file gets no permission that one of them lacks.
  case derived(from: [FileStatus])

  /// The content of `source` in another form; `unknown` if `source` was not opened by name, such as standard input.
  package init(copying source: FileSource) { self = source.opened.map { .copy(of: $0) } ?? .unknown }

  /// Sets the owner, permissions and times of an open file that only its owner can read so far.
  ///
  /// Whatever the file system refuses is left as it is; nobody gets more access than the provenance allows.
  func apply(to descriptor: FileDescriptor) {
    guard let file = FileStatus(of: descriptor), file.kind == .regular else { return }
    let number = descriptor.rawValue
    switch self {
    case .unknown: _ = fchmod(number, mode_t(Self.standard))
    case .copy(let origin):
      let keepsGroup = origin.group == file.group || fchown(number, uid_t.max, origin.group) == 0
      if origin.owner != file.owner { _ = fchown(number, origin.owner, gid_t.max) }
      _ = fchmod(number, mode_t(Self.permissions(of: origin, keepsGroup: keepsGroup)))
      // The access time stays, and the modification time is copied.
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

  /// UTIME_OMIT, a macro that Swift does not import.
  #if os(Linux)
    private static let omitted = (1 << 30) - 2
  #else
    private static let omitted = -2
  #endif

  /// The permissions for a file derived from `origin`. Without its group, the new group gets no more than everyone had.
  private static func permissions(of origin: FileStatus, keepsGroup: Bool) -> UInt32 {
    keepsGroup ? origin.permissions : origin.permissions & (0o707 | (origin.permissions & 0o007) << 3)
  }

  /// The process's default permissions for new files.
  ///
  /// The mask can only be read by setting it. The temporary mask is stricter, so a file that another thread creates
  /// meanwhile gets no extra permissions.
  private static let standard: UInt32 = {
    let mask = umask(0o077)
    _ = umask(mask)
    return 0o666 & ~UInt32(mask)
  }()
}
