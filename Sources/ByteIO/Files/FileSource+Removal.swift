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
  /// It was not opened by name, or is not a regular file.
  case noRegularFile
  /// Its name is a symbolic link.
  case symbolicLink
  /// Its name refers to another file now, or to none.
  case replaced
  /// Its size or modification time has changed since it was opened.
  case changed
  /// Bytes at its end have not been read.
  case unread
  /// The system refused: errno.
  case system(Int32)
}

extension RemovalProblem: CustomStringConvertible {
  /// The reason, to follow "because".
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
  /// Removes the file's name, provided that the name still refers to the opened file, that all of it was read, and that
  /// it is unchanged.
  ///
  /// Another process can replace the file between the last check and the removal.
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
