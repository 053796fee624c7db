import SystemPackage

/// Collects small writes to an open file into large ones.
final class DescriptorWriter {
  let descriptor: FileDescriptor
  let path: String
  /// The offset in the file at which the output starts; nil if written bytes cannot be changed.
  private let start: Int64?
  private let buffer: UnsafeMutableRawBufferPointer
  private var filled = 0

  init(_ descriptor: FileDescriptor, path: String) {
    self.descriptor = descriptor
    self.path = path
    start =
      FileKind(of: descriptor) == .regular && !appends(descriptor)
      ? try? descriptor.seek(offset: 0, from: .current) : nil
    buffer = .allocate(byteCount: 1 << 17, alignment: 64)
  }

  deinit { buffer.deallocate() }

  var canPatch: Bool { start != nil }

  func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    if bytes.count > buffer.count - filled { try flush() }
    if bytes.count >= buffer.count { return try writeAll(bytes) }
    UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyMemory(from: bytes)
    filled += bytes.count
  }

  func flush() throws(ByteIOError) {
    let count = filled
    filled = 0
    try writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ByteIOError) {
    guard let start else {
      throw .system(operation: "write", path: path, errno: Errno.illegalSeek.rawValue)
    }
    try flush()
    try system("write", path) {
      _ = try descriptor.writeAll(toAbsoluteOffset: start + Int64(offset), bytes)
    }
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    var rest = bytes
    while !rest.isEmpty {
      let written = try system("write", path) { try descriptor.write(rest) }
      // A write of 0 bytes without an error would repeat forever.
      guard written > 0 else { throw .system(operation: "write", path: path, errno: Errno.ioError.rawValue) }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }
}
