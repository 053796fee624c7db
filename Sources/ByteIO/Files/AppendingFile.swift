import Synchronization
import SystemPackage

/// A regular file to whose end bytes are added: all that is meant to be, or none.
///
/// What has been added goes again unless ``finish()`` is called; only a process that is killed leaves a part of it. Nobody
/// else can add to the file meanwhile in this way, where the file system has locks. A file that is not there is made.
package final class AppendingFile: ByteSink, ReadableSink {
  /// The file as the user knows it, for messages.
  package let path: String
  private let tail: FileTail

  /// Opens the file. Throws where it is none that can be cut, and where someone else adds to it.
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

  /// Whoever must take back what was added when the process is to end.
  package var undoing: FileTail { tail }

  /// What the file holds without what is added.
  package func store() -> FileStore { tail.store() }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) { try tail.write(bytes) }

  package func written() -> (any ByteStore)? { tail.written() }

  /// Keeps what was added, and closes the file.
  package func finish() throws(ByteIOError) { try finish(provenance: .unknown) }

  /// Keeps what was added, and closes the file.
  ///
  /// - Parameters:
  ///   - provenance: what was added; it decides who may read a file that was not there before.
  ///   - isDurable: whether to wait until the bytes are on the disk, and the name.
  package func finish(provenance: Provenance, isDurable: Bool = false) throws(ByteIOError) {
    try tail.keep(provenance, isDurable: isDurable)
  }

  deinit { tail.undo() }
}

/// What is added to a file, which can be taken back from any thread.
package final class FileTail: Sendable {
  private let descriptor: FileDescriptor
  private let path: String
  private let size: Int
  private let isNew: Bool
  /// Bytes that were added; nil when the file is closed.
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

  /// Takes back what was added, if it is not kept yet; then does `body` before anyone can add more.
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
