import Synchronization
import SystemPackage

/// A regular file that bytes are appended to: all of them, or none.
///
/// The appended bytes are removed again unless ``finish()`` is called; only killing the process leaves some of them
/// behind. Where the file system has locks, no other `AppendingFile` can append to the file at the same time. A file
/// that does not exist is created.
package final class AppendingFile: ByteSink, ReadableSink {
  /// The path as the user gave it, for messages.
  package let path: String
  private let tail: FileTail

  /// Opens the file. Throws ``ByteIOError/system(operation:path:errno:)`` if it is not a regular file or another
  /// process is appending to it.
  package init(path: String) throws(ByteIOError) {
    self.path = path
    var isNew = false
    var descriptor: FileDescriptor
    do throws(ByteIOError) {
      descriptor = try Self.open(path, [.closeOnExec])
    } catch .system(_, _, Errno.noSuchFileOrDirectory.rawValue) {
      descriptor = try Self.open(path, [.closeOnExec, .create, .exclusiveCreate])
      isNew = true
    }
    guard FileKind(of: descriptor) == .regular, let size = fileSize(of: descriptor) else {
      try? descriptor.close()
      throw .system(operation: "append", path: path, errno: Errno.illegalSeek.rawValue)
    }
    guard lockFile(descriptor) else {
      try? descriptor.close()
      throw .system(operation: "append", path: path, errno: Errno.resourceTemporarilyUnavailable.rawValue)
    }
    tail = FileTail(descriptor, path: path, size: size, isNew: isNew)
  }

  private static func open(
    _ path: String, _ options: FileDescriptor.OpenOptions
  ) throws(ByteIOError) -> FileDescriptor {
    try system("open", path) {
      try FileDescriptor.open(
        filePath(path), .readWrite, options: options, permissions: .ownerReadWrite)
    }
  }

  /// The part to undo when the process ends early.
  package var undoing: FileTail { tail }

  /// The content of the file without the appended bytes.
  package func store() -> FileStore { tail.store() }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) { try tail.write(bytes) }

  package func written() -> (any ByteStore)? { tail.written() }

  /// Keeps the appended bytes, and closes the file.
  package func finish() throws(ByteIOError) { try finish(provenance: .unknown) }

  /// Keeps the appended bytes, and closes the file.
  ///
  /// - Parameters:
  ///   - provenance: the origin of the appended bytes; it determines the permissions of a file that is new.
  ///   - isDurable: whether to wait until the bytes, and the name of a new file, are on disk.
  package func finish(provenance: Provenance, isDurable: Bool = false) throws(ByteIOError) {
    try tail.keep(provenance, isDurable: isDurable)
  }

  deinit { tail.undo() }
}

/// The bytes appended to a file, which any thread can take back.
package final class FileTail: Sendable {
  private let descriptor: FileDescriptor
  private let path: String
  private let size: Int
  private let isNew: Bool
  /// The number of bytes appended; nil once the file is closed.
  private let added = Mutex<Int?>(0)

  init(_ descriptor: FileDescriptor, path: String, size: Int, isNew: Bool) {
    self.descriptor = descriptor
    self.path = path
    self.size = size
    self.isNew = isNew
  }

  func store() -> FileStore { FileStore(descriptor, path: path, start: 0, size: size, owner: self) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    try added.withLock { (added) throws(ByteIOError) in
      guard let before = added else {
        throw .system(operation: "write", path: path, errno: Errno.badFileDescriptor.rawValue)
      }
      try system("write", path) {
        _ = try descriptor.writeAll(toAbsoluteOffset: Int64(size + before), bytes)
      }
      added = before + bytes.count
    }
  }

  func written() -> FileStore? {
    added.withLock { added in
      added.map { FileStore(descriptor, path: path, start: size, size: $0, owner: self) }
    }
  }

  func keep(_ provenance: Provenance, isDurable: Bool) throws(ByteIOError) {
    try added.withLock { (added) throws(ByteIOError) in
      guard added != nil else { return }
      if isNew { provenance.apply(to: descriptor) }
      if isDurable {
        try system("write", path) {
          try synchronizeFile(descriptor)
          if isNew { try synchronizeDirectory(OutputFile.directory(of: path)) }
        }
      }
      added = nil
      try system("close", path) { try descriptor.close() }
    }
  }

  /// Removes the appended bytes unless they are kept already; then runs `body` before anyone can append more.
  package func undo(then body: () -> Void = {}) {
    added.withLock { added in
      if added != nil {
        truncateFile(descriptor, to: size)
        if isNew { unlinkFile(path) }
        try? descriptor.close()
        added = nil
      }
      body()
    }
  }
}
