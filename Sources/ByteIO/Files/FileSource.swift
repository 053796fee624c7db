import SystemPackage

/// An open file, pipe or terminal as a source.
package final class FileSource: ByteSource {
  /// The path as the user gave it, for messages.
  package let path: String
  /// The status of the file when it was opened by name; nil for a descriptor that was already open.
  package let opened: FileStatus?
  let descriptor: FileDescriptor
  private let closes: Bool
  private var place = 0
  /// The largest offset in the opened file up to which it has been read.
  private(set) var furthestRead = 0
  /// The number of bytes read since the file was opened or the position last moved.
  package private(set) var bytesRead = 0

  /// Opens the file at `path`.
  package init(path: String) throws(ByteIOError) {
    self.path = path
    descriptor = try system("open", path) {
      try FileDescriptor.open(filePath(path), .readOnly, options: .closeOnExec)
    }
    closes = true
    opened = FileStatus(of: descriptor)
    // Opening a directory succeeds. Reading it would fail with a less helpful message.
    if FileKind(of: descriptor) == .directory {
      try? descriptor.close()
      throw .system(operation: "read", path: path, errno: Errno.isDirectory.rawValue)
    }
  }

  /// Reads from an open descriptor, and closes it at the end if `closes` is true.
  package init(descriptor: FileDescriptor, path: String, closes: Bool = false) {
    self.descriptor = descriptor
    self.path = path
    self.closes = closes
    opened = nil
  }

  /// The standard input of the process.
  package static func standardInput() -> FileSource {
    FileSource(descriptor: .standardInput, path: "standard input")
  }

  deinit {
    if closes { try? descriptor.close() }
  }

  /// The number of bytes left in a regular file; nil for pipes and devices.
  package var remainingSize: Int? {
    guard FileKind(of: descriptor) == .regular, let size = fileSize(of: descriptor),
      let position = try? descriptor.seek(offset: 0, from: .current)
    else { return nil }
    return max(0, size - Int(position))
  }

  /// The current offset in a regular file; nil for pipes and devices, which cannot seek.
  package var position: Int? {
    guard FileKind(of: descriptor) == .regular else { return nil }
    return (try? descriptor.seek(offset: 0, from: .current)).map(Int.init)
  }

  /// Continues at `position`, an earlier value of ``position``.
  package func move(to position: Int) throws(ByteIOError) {
    _ = try system("read", path) { try descriptor.seek(offset: Int64(position), from: .start) }
    place = position
    bytesRead = 0
  }

  /// Everything left to read, as a store. A regular file is read in place; a pipe is read to its end into a temporary
  /// file (see ``SpoolFile``).
  ///
  /// The source must not be read afterwards.
  package func store() throws(ByteIOError) -> FileStore {
    if let position, let remainingSize {
      return FileStore(descriptor, path: path, start: position, size: remainingSize, owner: self)
    }
    let spool = try SpoolFile()
    try copy(to: spool)
    return try spool.store()
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    if buffer.isEmpty { return 0 }
    let count = try system("read", path) { try descriptor.read(into: buffer) }
    place += count
    wasRead(upTo: place)
    bytesRead += count
    return count
  }

  /// Records that the bytes before `offset` have been read, by this source or by its store.
  func wasRead(upTo offset: Int) { furthestRead = max(furthestRead, offset) }
}
