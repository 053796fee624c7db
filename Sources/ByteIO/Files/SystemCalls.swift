// The boundary to the operating system. Errors of swift-system become ByteIOError here, and calls that swift-system
// lacks are made here.

import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Runs `body`, and turns the error of a system call into ``ByteIOError``.
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

/// Throws errno if a C function returned -1; otherwise returns `result`.
func checked(_ result: CInt) throws(Errno) -> CInt {
  guard result != -1 else { throw Errno(rawValue: errno) }
  return result
}

/// A path as C functions take it; see ``ByteText``.
func systemName(_ path: String) -> [CChar] { ByteText.bytes(of: path).map { CChar(bitPattern: $0) } + [0] }

/// A path as swift-system takes it; see ``ByteText``.
func filePath(_ path: String) -> FilePath { FilePath(platformString: systemName(path)) }

/// The text of a path; see ``ByteText``.
func text(of path: FilePath) -> String { path.withPlatformString { text(ofName: $0) } }

/// The text of a name from the system.
private func text(ofName name: UnsafePointer<CChar>) -> String {
  ByteText.text(of: UnsafeRawBufferPointer(start: name, count: strlen(name)))
}

/// The size of an open file in bytes; nil if the system call fails.
func fileSize(of descriptor: FileDescriptor) -> Int? {
  FileStatus(of: descriptor)?.size
}

/// Whether an open file is in append mode: every write goes to its end, regardless of the offset.
func appends(_ descriptor: FileDescriptor) -> Bool {
  let flags = fcntl(descriptor.rawValue, F_GETFL)
  return flags == -1 || flags & O_APPEND != 0
}

/// The path with symbolic links resolved; nil if it leads nowhere.
func resolvedPath(_ path: String) -> String? {
  guard let resolved = realpath(systemName(path), nil) else { return nil }
  defer { free(resolved) }
  return text(ofName: resolved)
}

/// Renames a file, and replaces a file that has the new name.
func renameFile(_ from: String, to: String) throws(Errno) {
  _ = try checked(rename(systemName(from), systemName(to)))
}

/// Gives a file a second name. Throws if the name is taken.
func linkFile(_ from: String, to: String) throws(Errno) {
  _ = try checked(link(systemName(from), systemName(to)))
}

/// Truncates an open file. Errors are ignored.
func truncateFile(_ descriptor: FileDescriptor, to size: Int) {
  _ = ftruncate(descriptor.rawValue, off_t(size))
}

/// Waits until the bytes written to an open file are on disk.
func synchronizeFile(_ descriptor: FileDescriptor) throws(Errno) {
  _ = try checked(fsync(descriptor.rawValue))
}

/// Waits until the names in a directory are on disk. A file system that cannot synchronize directories is assumed not
/// to need it.
func synchronizeDirectory(_ path: String) throws(Errno) {
  let descriptor = try checked(open(systemName(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  defer { close(descriptor) }
  guard fsync(descriptor) != 0 else { return }
  let reason = Errno(rawValue: errno)
  if reason != .invalidArgument, reason != .notSupported { throw reason }
}

/// Locks an open file until it is closed.
///
/// - Returns: false if someone else holds the lock. On a file system without locks it returns true.
func lockFile(_ descriptor: FileDescriptor) -> Bool {
  flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
}

/// Removes a name of a file. Errors are ignored.
func unlinkFile(_ path: String) { _ = unlink(systemName(path)) }

/// The process identifier.
func processNumber() -> Int { Int(getpid()) }

/// The value of an environment variable.
func environmentValue(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  return text(ofName: value)
}

/// Opens a nameless file in `directory` for reading and writing; nil if that is impossible.
///
/// Only its owner can read it. Only Linux has such files (O_TMPFILE), and not on every file system. ``nameFile(_:as:)``
/// can name the file later; otherwise it disappears with the process.
func openNamelessFile(in directory: String) -> FileDescriptor? {
  #if os(Linux)
    // O_TMPFILE is __O_TMPFILE | O_DIRECTORY. __O_TMPFILE has this value on x86, ARM and RISC-V.
    let temporary: CInt = 0o20000000 | O_DIRECTORY
    let descriptor = open(systemName(directory), temporary | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    // Naming the file goes through /proc, which may be missing.
    guard access(descriptorPath(descriptor), F_OK) == 0 else {
      close(descriptor)
      return nil
    }
    return FileDescriptor(rawValue: descriptor)
  #else
    return nil
  #endif
}

/// Names a file from ``openNamelessFile(in:)``. Throws if the name is taken.
func nameFile(_ descriptor: FileDescriptor, as path: String) throws(Errno) {
  #if os(Linux)
    _ = try checked(
      linkat(AT_FDCWD, descriptorPath(descriptor.rawValue), AT_FDCWD, systemName(path), AT_SYMLINK_FOLLOW))
  #else
    throw .notSupported
  #endif
}

private func descriptorPath(_ descriptor: CInt) -> String { "/proc/self/fd/\(descriptor)" }
