import SystemPackage

/// An open file, pipe or terminal as a sink.
///
/// Writes are buffered; bytes are complete only after ``finish()``. A process that writes to pipes must ignore SIGPIPE;
/// the sink then throws ``ByteIOError/brokenPipe``.
package final class FileSink: PatchableSink {
  /// The path as the user gave it, for messages.
  package let path: String
  private let writer: DescriptorWriter
  private let closes: Bool
  private var isOpen = true

  /// Writes to an open descriptor; `finish()` closes it if `closes` is true.
  package init(descriptor: FileDescriptor, path: String, closes: Bool = false) {
    writer = DescriptorWriter(descriptor, path: path)
    self.path = path
    self.closes = closes
  }

  /// The standard output of the process.
  package static func standardOutput() -> FileSink {
    FileSink(descriptor: .standardOutput, path: "standard output")
  }

  deinit {
    if closes, isOpen { try? writer.descriptor.close() }
  }

  /// Whether the output is a regular file that is not open for appending.
  package var canPatch: Bool { writer.canPatch }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) { try writer.write(bytes) }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ByteIOError) {
    try writer.write(bytes, at: offset)
  }

  /// Writes the buffered bytes, so that waiting readers get them.
  package func flush() throws(ByteIOError) { try writer.flush() }

  package func finish() throws(ByteIOError) {
    try writer.flush()
    if closes, isOpen {
      isOpen = false
      try system("close", path) { try writer.descriptor.close() }
    }
  }
}
