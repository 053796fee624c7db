import SystemPackage

/// An open file, pipe or terminal as a source.
package final class FileSource: ByteSource {
  /// The file as the user knows it, for messages.
  package let path: String
  /// What the file was when it was opened by its name; nil for a descriptor that was open before.
  package let opened: FileStatus?
  let descriptor: FileDescriptor
  private let closes: Bool
  private var place = 0
  /// How far the file that was opened has been read.
  private(set) var furthestRead = 0
  /// Bytes that have been read since it was opened, or moved.
  package private(set) var bytesRead = 0

  /// Opens the file at `path`.
  package init(path: String) throws(ByteIOError) {
    self.path = path
    descriptor = try system("open", path) {
      try FileDescriptor.open(filePath(path), .readOnly, options: .closeOnExec)
    }
    closes = true
    opened = FileStatus(of: descriptor)
    // Opening a directory succeeds; only reading it fails, with words that are harder to understand.
    if FileKind(of: descriptor) == .directory {
      try? descriptor.close()
      throw .system(operation: "read", path: path, errno: Errno.isDirectory.rawValue)
    }
  }

  /// Reads from a descriptor that is open already, and closes it in the end if `closes`.
  package init(descriptor: FileDescriptor, path: String, closes: Bool = false) {
    self.descriptor = descriptor
    self.path = path
    self.closes = closes
    opened = nil
  }

  /// The process's standard input.
  package static func standardInput() -> FileSource {
    FileSource(descriptor: .standardInput, path: "standard input")
  }

  deinit {
    if closes { try? descriptor.close() }
  }

  /// How many bytes a regular file has from where reading began or stands now; nil for pipes and the like.
  package var remainingSize: Int? {
    guard FileKind(of: descriptor) == .regular, let size = fileSize(of: descriptor),
      let position = try? descriptor.seek(offset: 0, from: .current)
    else { return nil }
    return max(0, size - Int(position))
  }

  /// Where reading stands in a regular file; nil for pipes and the like, which nobody can go back in.
  package var position: Int? {
    guard FileKind(of: descriptor) == .regular else { return nil }
    return (try? descriptor.seek(offset: 0, from: .current)).map(Int.init)
  }

  /// Reads on from where ``position`` was.
  package func move(to position: Int) throws(ByteIOError) {
    _ = try system("read", path) { try descriptor.seek(offset: Int64(position), from: .start) }
    place = position
    bytesRead = 0
  }

  /// All that is left to read, as a store: of a regular file in its place, and of a pipe in a temporary file (see
  /// ``SpoolFile``), which takes reading it to its end.
  ///
  /// The source is not to be read any more.
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

  /// Notes that bytes before `offset` have been read, by this or by a store of it.
  func wasRead(upTo offset: Int) { furthestRead = max(furthestRead, offset) }
}
