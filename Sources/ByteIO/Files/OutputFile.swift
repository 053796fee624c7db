import SystemPackage

/// A file that appears under its name whole, or not at all.
///
/// On Linux the bytes go to a file without a name in the target's directory, which `finish()` names; whatever
/// ends the process before leaves nothing behind. Where the system or the file system does not offer that,
/// they go to `.NAME.vaec-PID.tmp` beside the target, which is removed unless it is finished; one that a signal ends
/// leaves that to ``TemporaryFiles``. A target that exists and is not a regular file (a device, a FIFO) is written to
/// directly.
///
/// Nobody but its owner can read it before it appears; then it has the permissions that its ``provenance`` allows.
///
/// Unless it is durable, `finish()` does not wait for the disk: after a power failure the file may be missing or empty.
package final class OutputFile: PatchableSink, ReadableSink {
  /// Where the file appears.
  package let path: String
  /// What it is made of.
  package let provenance: Provenance
  private let overwrites: Bool
  private let isDurable: Bool
  private let target: String
  private let writer: DescriptorWriter
  private var state: State

  private enum State {
    /// Without a name yet.
    case nameless
    /// Under a temporary name.
    case temporary(String)
    /// The target itself.
    case direct
    case closed
  }

  /// Begins a file that will appear at `path`.
  ///
  /// Throws `exists` when there is a regular file (or a directory) at `path` and `overwrite` is false; so
  /// does ``finish()`` when one has come up meanwhile.
  ///
  /// - Parameters:
  ///   - provenance: what it is made of.
  ///   - isDurable: whether ``finish()`` waits until the bytes are on the disk.
  package convenience init(
    path: String, overwrite: Bool, provenance: Provenance = .unknown, isDurable: Bool = false
  ) throws(ByteIOError) {
    try self.init(
      path: path, overwrite: overwrite, provenance: provenance, isDurable: isDurable, triesNameless: true)
  }

  /// As above; with a named temporary file in any case if `triesNameless` is false.
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
      // What a symbolic link leads to is replaced, and the link stays.
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

  /// Waits until the file's name is on the disk, which ``finish()`` does not.
  package func synchronizeName() throws(ByteIOError) {
    try system("write", path) { try synchronizeDirectory(Self.directory(of: target)) }
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) { try writer.write(bytes) }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ByteIOError) {
    try writer.write(bytes, at: offset)
  }

  /// Gives up: nothing appears at the target, and nothing stays behind. Has no effect after ``finish()``.
  package func discard() {
    if case .closed = state { return }
    if case .temporary(let name) = state { Self.remove(name) }
    state = .closed
    try? writer.descriptor.close()
  }

  /// Lets the file appear. After an error nothing has appeared, and nothing stays behind.
  package func finish() throws(ByteIOError) {
    if case .closed = state { return }
    defer { discard() }
    try writer.flush()
    if case .direct = state {} else { provenance.apply(to: writer.descriptor) }
    if isDurable, canPatch { try system("write", path) { try synchronizeFile(writer.descriptor) } }
    switch state {
    case .temporary(let name):
      // Network file systems tell only here that the disk is full. They have no nameless files.
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
    // A name that is taken can only be taken over by renaming, which needs a name of our own first.
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
      // A file system without links: a file that comes up between the check and the renaming is lost.
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

  /// Names beside `target`; the next is for when one is taken.
  private static func temporaryNames(for target: String) -> [String] {
    // The whole name may have 255 bytes.
    var name = ByteText.text(of: name(of: target))
    while ByteText.bytes(of: name).count > 200 { name.removeLast() }
    let base = directory(of: target)
    return (0..<100).map { number in
      let suffix = number == 0 ? "" : "-\(number)"
      return "\(base)/.\(name).vaec-\(processNumber())\(suffix).tmp"
    }
  }

  /// The last part of a path.
  static func name(of target: String) -> [UInt8] {
    guard let last = filePath(target).lastComponent else { return [] }
    return ByteText.bytes(of: text(of: FilePath(root: nil, [last])))
  }

  static func directory(of target: String) -> String {
    let directory = text(of: filePath(target).removingLastComponent())
    return directory.isEmpty ? "." : directory
  }
}
