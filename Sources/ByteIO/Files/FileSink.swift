import SystemPackage

/// An open file, pipe or terminal as a sink.
///
/// Writes are gathered; what was not followed by ``finish()`` may be missing. A process that writes to pipes
/// has to ignore SIGPIPE, and then gets ``ByteIOError/brokenPipe``.
package final class FileSink: PatchableSink {
  /// The file as the user knows it, for messages.
  package let path: String
  private let writer: DescriptorWriter
  private let closes: Bool
  private var isOpen = true

  /// Writes to a descriptor that is open already; `finish()` closes it if `closes`.
  package init(descriptor: FileDescriptor, path: String, closes: Bool = false) {
    writer = DescriptorWriter(descriptor, path: path)
    self.path = path
    self.closes = closes
  }

  /// The process's standard output.
  package static func standardOutput() -> FileSink {
    FileSink(descriptor: .standardOutput, path: "standard output")
  }

  deinit {
    if closes, isOpen { try? writer.descriptor.close() }
  }

  /// Whether the descriptor is a regular file that is not opened for appending.
  package var canPatch: Bool { writer.canPatch }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) { try writer.write(bytes) }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ByteIOError) {
    try writer.write(bytes, at: offset)
  }

  /// Writes what has been gathered so far, for readers that wait for it.
  package func flush() throws(ByteIOError) { try writer.flush() }

  package func finish() throws(ByteIOError) {
    try writer.flush()
    if closes, isOpen {
      isOpen = false
      try system("close", path) { try writer.descriptor.close() }
    }
  }
}
