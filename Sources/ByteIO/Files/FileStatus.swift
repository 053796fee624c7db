import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Which file it is, whatever names lead to it.
package struct FileIdentity: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64
}

/// Where a file is, or would be: the directory, and the name in it. Symbolic links are followed.
package struct FilePlace: Hashable, Sendable {
  private let directory: FileIdentity
  private let name: [UInt8]

  /// The place that `path` names; nil where there is no such directory.
  package init?(ofPath path: String) {
    let path = resolvedPath(path) ?? path
    guard let status = FileStatus(ofPath: OutputFile.directory(of: path)) else { return nil }
    directory = status.identity
    name = OutputFile.name(of: path)
  }
}

/// What the system says of a file at one time.
package struct FileStatus: Equatable, Sendable {
  /// Which file it is.
  package let identity: FileIdentity
  /// In bytes.
  package let size: Int
  /// Who may read, write and run it: nine bits.
  package let permissions: UInt32
  let kind: FileKind
  let owner: UInt32
  let group: UInt32
  let modifiedSeconds: Int
  let modifiedNanoseconds: Int

  /// What `path` names; nil when it names nothing.
  ///
  /// - Parameter followingLinks: whether a symbolic link stands for what it leads to.
  package init?(ofPath path: String, followingLinks: Bool = true) {
    var status = stat()
    let name = systemName(path)
    guard (followingLinks ? stat(name, &status) : lstat(name, &status)) == 0 else { return nil }
    self.init(status)
  }

  /// An open file; nil when the system does not tell.
  init?(of descriptor: FileDescriptor) {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The process's standard input and output.
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

  /// Whether it is a device, a pipe or the like: to open it would already have an effect.
  package var isSpecial: Bool { kind == .other }

  /// Whether it is the same file as another, with the same content as far as the system can say.
  func isUnchanged(since earlier: FileStatus) -> Bool {
    identity == earlier.identity && kind == earlier.kind && size == earlier.size
      && modifiedSeconds == earlier.modifiedSeconds && modifiedNanoseconds == earlier.modifiedNanoseconds
  }
}

/// What stands behind a name or a descriptor.
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

  /// The kind of an open file; nil when the system does not tell.
  init?(of descriptor: FileDescriptor) {
    guard let kind = FileStatus(of: descriptor)?.kind else { return nil }
    self = kind
  }

  /// The kind of what `path` names; nil when it names nothing. A symbolic link is followed or not.
  init?(ofPath path: String, followingLinks: Bool) {
    guard let kind = FileStatus(ofPath: path, followingLinks: followingLinks)?.kind else { return nil }
    self = kind
  }
}
