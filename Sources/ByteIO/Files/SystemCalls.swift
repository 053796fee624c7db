// The borders to the operating system: errors of swift-system become ByteIOError here, and calls that
// swift-system does not offer are made here.

import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Does `body`, and turns the error of a system call into ``ByteIOError``.
func system<T>(_ operation: String, _ path: String, _ body: () throws -> T) throws(ByteIOError) -> T {
  do {
    return try body()
  } catch let error as Errno {
    if error == .brokenPipe { throw .brokenPipe }
    throw .system(operation: operation, path: path, errno: error.rawValue)
  } catch {
    throw .system(operation: operation, path: path, errno: Errno.ioError.rawValue)
  }
}

/// Turns the return value -1 of a C function into a thrown `Errno`.
func checked(_ result: CInt) throws(Errno) -> CInt {
  guard result != -1 else { throw Errno(rawValue: errno) }
  return result
}

/// What stands behind a name or a descriptor.
enum FileKind: Equatable {
  case regular
  case directory
  case link
  case other

  private init(mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .regular
    case S_IFDIR: self = .directory
    case S_IFLNK: self = .link
    default: self = .other
    }
  }

  /// The kind of an open file; nil when the system does not tell.
  init?(of descriptor: FileDescriptor) {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else { return nil }
    self.init(mode: status.st_mode)
  }

  /// The kind of what `path` names; nil when it names nothing. A symbolic link is followed or not.
  init?(ofPath path: String, followingLinks: Bool) {
    var status = stat()
    let result = followingLinks ? stat(path, &status) : lstat(path, &status)
    guard result == 0 else { return nil }
    self.init(mode: status.st_mode)
  }
}

/// The size of an open file in bytes.
func fileSize(of descriptor: FileDescriptor) -> Int? {
  var status = stat()
  guard fstat(descriptor.rawValue, &status) == 0 else { return nil }
  return Int(status.st_size)
}

/// Whether everything written to an open file goes to its end, wherever one seeks to.
func appends(_ descriptor: FileDescriptor) -> Bool {
  let flags = fcntl(descriptor.rawValue, F_GETFL)
  return flags == -1 || flags & O_APPEND != 0
}

/// The path that symbolic links lead to; nil when they lead nowhere.
func resolvedPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// Gives a file another name, replacing what had it.
func renameFile(_ from: String, to: String) throws(Errno) { _ = try checked(rename(from, to)) }

/// Gives a file a second name; fails when the name is taken.
func linkFile(_ from: String, to: String) throws(Errno) { _ = try checked(link(from, to)) }

/// Cuts an open file, as far as that is possible.
func truncateFile(_ descriptor: FileDescriptor, to size: Int) {
  _ = ftruncate(descriptor.rawValue, off_t(size))
}

/// Waits until what was written to an open file is on the disk.
func synchronizeFile(_ descriptor: FileDescriptor) throws(Errno) {
  _ = try checked(fsync(descriptor.rawValue))
}

/// Keeps others from locking an open file, until it is closed.
///
/// - Returns: false where someone else has it locked. File systems without locks are taken for ones where nobody has.
func lockFile(_ descriptor: FileDescriptor) -> Bool {
  flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
}

/// Takes a name away from a file.
func unlinkFile(_ path: String) { _ = unlink(path) }

/// The number of this process.
func processNumber() -> Int { Int(getpid()) }

/// The value of an environment variable.
func environmentValue(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  return String(cString: value)
}

/// Opens a file without a name in `directory`, for reading and writing; nil where that does not work.
///
/// Only Linux knows such files (O_TMPFILE), and not on every file system. The file can be given a name later
/// by ``nameFile(_:as:)``, and vanishes with the process when it is not.
func openNamelessFile(in directory: String) -> FileDescriptor? {
  #if os(Linux)
    // O_TMPFILE is __O_TMPFILE | O_DIRECTORY; the first has this value on all of x86, ARM and RISC-V.
    let temporary: CInt = 0o20000000 | O_DIRECTORY
    let descriptor = open(directory, temporary | O_RDWR | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return nil }
    // Naming goes through /proc, which may not be there.
    guard access(descriptorPath(descriptor), F_OK) == 0 else {
      close(descriptor)
      return nil
    }
    return FileDescriptor(rawValue: descriptor)
  #else
    return nil
  #endif
}

/// Gives a name to a file from ``openNamelessFile(in:)``; fails when the name is taken.
func nameFile(_ descriptor: FileDescriptor, as path: String) throws(Errno) {
  #if os(Linux)
    _ = try checked(
      linkat(AT_FDCWD, descriptorPath(descriptor.rawValue), AT_FDCWD, path, AT_SYMLINK_FOLLOW))
  #else
    throw .notSupported
  #endif
}

private func descriptorPath(_ descriptor: CInt) -> String { "/proc/self/fd/\(descriptor)" }
