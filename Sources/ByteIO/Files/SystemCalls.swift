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

/// A path as system calls take it; see ``ByteText``.
func systemName(_ path: String) -> [CChar] { ByteText.bytes(of: path).map { CChar(bitPattern: $0) } + [0] }

/// A path as swift-system takes it; see ``ByteText``.
func filePath(_ path: String) -> FilePath { FilePath(platformString: systemName(path)) }

/// The text of a path; see ``ByteText``.
func text(of path: FilePath) -> String { path.withPlatformString { text(ofName: $0) } }

/// The text of what the system calls something.
private func text(ofName name: UnsafePointer<CChar>) -> String {
  ByteText.text(of: UnsafeRawBufferPointer(start: name, count: strlen(name)))
}

/// The size of an open file in bytes.
func fileSize(of descriptor: FileDescriptor) -> Int? {
  FileStatus(of: descriptor)?.size
}

/// Whether everything written to an open file goes to its end, wherever one seeks to.
func appends(_ descriptor: FileDescriptor) -> Bool {
  let flags = fcntl(descriptor.rawValue, F_GETFL)
  return flags == -1 || flags & O_APPEND != 0
}

/// The path that symbolic links lead to; nil when they lead nowhere.
func resolvedPath(_ path: String) -> String? {
  guard let resolved = realpath(systemName(path), nil) else { return nil }
  defer { free(resolved) }
  return text(ofName: resolved)
}

/// Gives a file another name, replacing what had it.
func renameFile(_ from: String, to: String) throws(Errno) {
  _ = try checked(rename(systemName(from), systemName(to)))
}

/// Gives a file a second name; fails when the name is taken.
func linkFile(_ from: String, to: String) throws(Errno) {
  _ = try checked(link(systemName(from), systemName(to)))
}

/// Cuts an open file, as far as that is possible.
func truncateFile(_ descriptor: FileDescriptor, to size: Int) {
  _ = ftruncate(descriptor.rawValue, off_t(size))
}

/// Waits until what was written to an open file is on the disk.
func synchronizeFile(_ descriptor: FileDescriptor) throws(Errno) {
  _ = try checked(fsync(descriptor.rawValue))
}

/// Waits until the names of files in a directory are on the disk. File systems that cannot do that for directories are taken for
/// ones that need not.
func synchronizeDirectory(_ path: String) throws(Errno) {
  let descriptor = try checked(open(systemName(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  defer { close(descriptor) }
  guard fsync(descriptor) != 0 else { return }
  let reason = Errno(rawValue: errno)
  if reason != .invalidArgument, reason != .notSupported { throw reason }
}

/// Keeps others from locking an open file, until it is closed.
///
/// - Returns: false where someone else has it locked. File systems without locks are taken for ones where nobody has.
func lockFile(_ descriptor: FileDescriptor) -> Bool {
  flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
}

/// Takes a name away from a file.
func unlinkFile(_ path: String) { _ = unlink(systemName(path)) }

/// The number of this process.
func processNumber() -> Int { Int(getpid()) }

/// The value of an environment variable.
func environmentValue(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  return text(ofName: value)
}

/// Opens a file without a name in `directory`, for reading and writing; nil where that does not work.
///
/// Only its owner can read it. Only Linux knows such files (O_TMPFILE), and not on every file system. The file can be given a name later
/// by ``nameFile(_:as:)``, and vanishes with the process when it is not.
func openNamelessFile(in directory: String) -> FileDescriptor? {
  #if os(Linux)
    // O_TMPFILE is __O_TMPFILE | O_DIRECTORY; the first has this value on all of x86, ARM and RISC-V.
    let temporary: CInt = 0o20000000 | O_DIRECTORY
    let descriptor = open(systemName(directory), temporary | O_RDWR | O_CLOEXEC, 0o600)
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
      linkat(AT_FDCWD, descriptorPath(descriptor.rawValue), AT_FDCWD, systemName(path), AT_SYMLINK_FOLLOW))
  #else
    throw .notSupported
  #endif
}

private func descriptorPath(_ descriptor: CInt) -> String { "/proc/self/fd/\(descriptor)" }
