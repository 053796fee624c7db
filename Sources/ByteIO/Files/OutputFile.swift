import SystemPackage

/// A file that appears under its name complete, or not at all.
///
/// On Linux the bytes go to a nameless file in the target's directory, and `finish()` gives it its name; if the process
/// ends early, nothing is left behind. If the system or the file system has no nameless files, the bytes go to
/// `.NAME.vaec-PID.tmp` beside the target, which is removed unless it is finished; after a signal, ``TemporaryFiles``
/// removes it. A target that exists and is not a regular file (a device, a FIFO) is written directly.
///
/// Only its owner can read the file before it appears. It then gets the permissions that its ``provenance`` allows.
///
/// Unless the file is durable, `finish()` does not wait for the disk: after a power failure the file may be missing or
/// empty.
package final class OutputFile: PatchableSink, ReadableSink {
  /// The path of the target.
  package let path: String
  /// The origin of the content.
  package let provenance: Provenance
  private let overwrites: Bool
  private let isDurable: Bool
  private let target: String
  private let writer: DescriptorWriter
  private var state: State

  private enum State {
    /// The file has no name yet.
    case nameless
    /// The file has a temporary name.
    case temporary(String)
    /// The bytes go to the target itself.
    case direct
    case closed
  }

  /// Creates a file that will appear at `path`.
  ///
  /// If `overwrite` is false and there is a file or directory at `path`, this throws `exists`; so does ``finish()`` if
  /// one has appeared since.
  ///
  /// - Parameters:
  ///   - provenance: the origin of the content.
  ///   - isDurable: whether ``finish()`` waits until the bytes are on disk.
  package convenience init(
    path: String, overwrite: Bool, provenance: Provenance = .unknown, isDurable: Bool = false
  ) throws(ByteIOError) {
    try self.init(
      path: path, overwrite: overwrite, provenance: provenance, isDurable: isDurable, triesNameless: true)
  }

  /// As above. If `triesNameless` is false, always uses a named temporary file.
  init(
    path: String, overwrite: Bool, provenance: Provenance = .unknown, isDurable: Bool = false,
    triesNameless: Bool
  ) throws(ByteIOError) {
    self.path = path
    self.provenance = provenance
    self.isDurable = isDurable
    overwrites = overwrite
    var target = path
    switch FileKind(ofPath: path, followingLinks: true) {
    case .directory:
      throw .system(operation: "write", path: path, errno: Errno.isDirectory.rawValue)
    case .other, .link:
      let descriptor = try system("open", path) {
        try FileDescriptor.open(filePath(path), .writeOnly, options: .closeOnExec)
      }
      self.target = target
      writer = DescriptorWriter(descriptor, path: path)
      state = .direct
      return
    case .regular:
      guard overwrite else { throw .exists(path: path) }
      // The target of a symbolic link is replaced; the link stays.
      if FileKind(ofPath: path, followingLinks: false) == .link { target = resolvedPath(path) ?? path }
    case nil:
      if !overwrite, FileKind(ofPath: path, followingLinks: false) != nil { throw .exists(path: path) }
    }
    self.target = target
    if triesNameless, let descriptor = openNamelessFile(in: Self.directory(of: target)) {
      writer = DescriptorWriter(descriptor, path: path)
      state = .nameless
    } else {
      let (descriptor, name) = try Self.openTemporary(for: target, path: path)
      writer = DescriptorWriter(descriptor, path: path)
      state = .temporary(name)
    }
  }

  deinit { discard() }

  /// Whether the target is a regular file.
  package var canPatch: Bool { writer.canPatch }

  package func written() throws(ByteIOError) -> (any ByteStore)? {
    switch state {
    case .direct, .closed: return nil
    case .nameless, .temporary: break
    }
    try writer.flush()
    let size = try system("read", path) { () throws(Errno) in
      guard let size = fileSize(of: writer.descriptor) else { throw Errno.ioError }
      return size
    }
    return FileStore(writer.descriptor, path: path, start: 0, size: size, owner: self)
  }

  /// Waits until the file's name is on disk. ``finish()`` does not wait for that.
  package func synchronizeName() throws(ByteIOError) {
    try system("write", path) { try synchronizeDirectory(Self.directory(of: target)) }
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) { try writer.write(bytes) }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ByteIOError) {
    try writer.write(bytes, at: offset)
  }

  /// Discards the file: nothing appears at the target, and nothing is left behind. Has no effect after ``finish()``.
  package func discard() {
    if case .closed = state { return }
    if case .temporary(let name) = state { Self.remove(name) }
    state = .closed
    try? writer.descriptor.close()
  }

  /// Makes the file appear. If it throws, nothing has appeared, and nothing is left behind.
  package func finish() throws(ByteIOError) {
    if case .closed = state { return }
    defer { discard() }
    try writer.flush()
    if case .direct = state {} else { provenance.apply(to: writer.descriptor) }
    if isDurable, canPatch { try system("write", path) { try synchronizeFile(writer.descriptor) } }
    switch state {
    case .temporary(let name):
      // Network file systems report a full disk only on close. They have no nameless files.
      state = .closed
      do throws(ByteIOError) {
        try system("close", path) { try writer.descriptor.close() }
        try commitTemporary(name)
      } catch {
        Self.remove(name)
        throw error
      }
    case .nameless:
      try commitNameless()
      state = .closed
      try? writer.descriptor.close()
    case .direct, .closed:
      state = .closed
      try system("close", path) { try writer.descriptor.close() }
    }
  }

  private func commitNameless() throws(ByteIOError) {
    do throws(Errno) {
      try nameFile(writer.descriptor, as: target)
      return
    } catch {
      guard error == .fileExists else { throw .system(operation: "write", path: path, errno: error.rawValue) }
    }
    guard overwrites else { throw .exists(path: path) }
    // Only renaming can replace an existing name, and that needs a temporary name first.
    for name in Self.temporaryNames(for: target) {
      do throws(Errno) {
        try TemporaryFiles.make(name) { () throws(Errno) in try nameFile(writer.descriptor, as: name) }
      } catch {
        if error == .fileExists { continue }
        throw .system(operation: "write", path: path, errno: error.rawValue)
      }
      return try rename(name)
    }
    throw .system(operation: "write", path: path, errno: Errno.fileExists.rawValue)
  }

  private func commitTemporary(_ name: String) throws(ByteIOError) {
    if overwrites { return try rename(name) }
    do throws(Errno) {
      try linkFile(name, to: target)
      Self.remove(name)
    } catch {
      if error == .fileExists { throw .exists(path: path) }
      // The file system has no links. A file that appears between the check and the renaming is lost.
      guard FileKind(ofPath: target, followingLinks: false) == nil else { throw .exists(path: path) }
      try rename(name)
    }
  }

  private func rename(_ name: String) throws(ByteIOError) {
    do throws(Errno) {
      try renameFile(name, to: target)
      TemporaryFiles.forget(name)
    } catch {
      Self.remove(name)
      throw .system(operation: "write", path: path, errno: error.rawValue)
    }
  }

  private static func openTemporary(
    for target: String, path: String
  ) throws(ByteIOError) -> (FileDescriptor, String) {
    for name in temporaryNames(for: target) {
      do throws(ByteIOError) {
        let descriptor = try TemporaryFiles.make(name) { () throws(ByteIOError) in
          try system("open", path) {
            try FileDescriptor.open(
              filePath(name), .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
              permissions: .ownerReadWrite)
          }
        }
        return (descriptor, name)
      } catch .system(_, _, Errno.fileExists.rawValue) {
        continue
      }
    }
    throw .system(operation: "open", path: path, errno: Errno.fileExists.rawValue)
  }

  private static func remove(_ name: String) {
    unlinkFile(name)
    TemporaryFiles.forget(name)
  }

  /// Candidate names beside `target`, in case one is taken.
  private static func temporaryNames(for target: String) -> [String] {
    // A whole name is limited to 255 bytes.
    var name = ByteText.text(of: name(of: target))
    while ByteText.bytes(of: name).count > 200 { name.removeLast() }
    let base = directory(of: target)
    return (0..<100).map { number in
      let suffix = number == 0 ? "" : "-\(number)"
      return "\(base)/.\(name).vaec-\(processNumber())\(suffix).tmp"
    }
  }

  /// The last component of a path.
  static func name(of target: String) -> [UInt8] {
    guard let last = filePath(target).lastComponent else { return [] }
    return ByteText.bytes(of: text(of: FilePath(root: nil, [last])))
  }

  static func directory(of target: String) -> String {
    let directory = text(of: filePath(target).removingLastComponent())
    return directory.isEmpty ? "." : directory
  }
}
