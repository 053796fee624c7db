import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why a file that was read is not removed.
package enum RemovalProblem: Error, Equatable {
  /// It was not opened by its name, or is a pipe, a device or the like.
  case noRegularFile
  /// Its name is a symbolic link.
  case symbolicLink
  /// Its name stands for another file now, or for none.
  case replaced
  /// Its size or its time of modification is not what it was when it was opened.
  case changed
  /// Bytes at its end were not read.
  case unread
  /// The system refuses: its errno.
  case system(Int32)
}

extension RemovalProblem: CustomStringConvertible {
  /// What is wrong, to follow "because".
  package var description: String {
    switch self {
    case .noRegularFile: "it is not a regular file"
    case .symbolicLink: "it is a symbolic link"
    case .replaced: "another file now has its name"
    case .changed: "it changed while it was read"
    case .unread: "it was not read to the end"
    case .system(let number): "it cannot be removed: \(ByteIOError.text(ofErrno: number))"
    }
  }
}

extension FileSource {
  /// Takes the file's name away, if the name still stands for the file that was opened, and this for what was read: all of it,
  /// and unchanged since.
  ///
  /// Between the last look and the removal there is a moment in which somebody may put another file there.
  package func removeFile() throws(RemovalProblem) {
    guard let opened, opened.isRegular else { throw .noRegularFile }
    guard furthestRead >= opened.size else { throw .unread }
    guard let now = FileStatus(of: descriptor), now.isUnchanged(since: opened) else { throw .changed }
    guard let named = FileStatus(ofPath: path, followingLinks: false) else { throw .replaced }
    if named.kind == .link { throw .symbolicLink }
    guard named.identity == opened.identity else { throw .replaced }
    guard named.isUnchanged(since: opened) else { throw .changed }
    guard unlink(systemName(path)) == 0 else { throw .system(errno) }
  }
}
