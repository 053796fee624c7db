import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The identity of a file, independent of its names.
package struct FileIdentity: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64
}

/// The location of a file, existing or not: its directory, and its name there. Symbolic links are followed.
package struct FilePlace: Hashable, Sendable {
  private let directory: FileIdentity
  private let name: [UInt8]

  /// The location that `path` names; nil if its directory does not exist.
  package init?(ofPath path: String) {
    let path = resolvedPath(path) ?? path
    guard let status = FileStatus(ofPath: OutputFile.directory(of: path)) else { return nil }
    directory = status.identity
    name = OutputFile.name(of: path)
  }
}

/// The status of a file at one point in time.
package struct FileStatus: Equatable, Sendable {
  /// The file that this describes.
  package let identity: FileIdentity
  /// The size in bytes.
  package let size: Int
  /// The permission bits: nine bits.
  package let permissions: UInt32
  let kind: FileKind
  let owner: UInt32
  let group: UInt32
  let modifiedSeconds: Int
  let modifiedNanoseconds: Int

  /// The status of the file at `path`; nil if there is none.
  ///
  /// - Parameter followingLinks: whether to describe the target of a symbolic link instead of the link.
  package init?(ofPath path: String, followingLinks: Bool = true) {
    var status = stat()
    let name = systemName(path)
    guard (followingLinks ? stat(name, &status) : lstat(name, &status)) == 0 else { return nil }
    self.init(status)
  }

  /// The status of an open file; nil if the system call fails.
  init?(of descriptor: FileDescriptor) {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The standard input and output of the process.
  package static var standardInput: FileStatus? { FileStatus(of: .standardInput) }
  package static var standardOutput: FileStatus? { FileStatus(of: .standardOutput) }

  private init(_ status: stat) {
    identity = FileIdentity(
      device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
    kind = FileKind(mode: status.st_mode)
    size = Int(status.st_size)
    permissions = UInt32(status.st_mode & 0o777)
    owner = status.st_uid
    group = status.st_gid
    #if canImport(Darwin)
      let modified = status.st_mtimespec
    #else
      let modified = status.st_mtim
    #endif
    modifiedSeconds = Int(modified.tv_sec)
    modifiedNanoseconds = Int(modified.tv_nsec)
  }

  /// Whether it is a regular file.
  package var isRegular: Bool { kind == .regular }

  /// Whether it is a directory.
  package var isDirectory: Bool { kind == .directory }

  /// Whether it is neither a regular file, a directory nor a link. Merely opening a device or a FIFO can have effects.
  package var isSpecial: Bool { kind == .other }

  /// Whether this is the same file as `earlier`, with the same size and modification time.
  func isUnchanged(since earlier: FileStatus) -> Bool {
    identity == earlier.identity && kind == earlier.kind && size == earlier.size
      && modifiedSeconds == earlier.modifiedSeconds && modifiedNanoseconds == earlier.modifiedNanoseconds
  }
}

/// The kind of a file.
enum FileKind: Equatable {
  case regular
  case directory
  case link
  case other

  fileprivate init(mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .regular
    case S_IFDIR: self = .directory
    case S_IFLNK: self = .link
    default: self = .other
    }
  }

  /// The kind of an open file; nil if the system call fails.
  init?(of descriptor: FileDescriptor) {
    guard let kind = FileStatus(of: descriptor)?.kind else { return nil }
    self = kind
  }

  /// The kind of the file at `path`; nil if there is none.
  init?(ofPath path: String, followingLinks: Bool) {
    guard let kind = FileStatus(ofPath: path, followingLinks: followingLinks)?.kind else { return nil }
    self = kind
  }
}
