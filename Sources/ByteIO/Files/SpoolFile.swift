import SystemPackage

/// A sink whose bytes can be read back: a nameless temporary file, which disappears with its last user.
package final class SpoolFile: ByteSink {
  private let writer: DescriptorWriter
  /// The number of bytes written.
  package private(set) var count = 0

  /// Creates the file in the directory that TMPDIR names, or in /tmp.
  package init() throws(ByteIOError) {
    let directory = environmentValue("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    if let descriptor = openNamelessFile(in: directory) {
      writer = DescriptorWriter(descriptor, path: directory)
      return
    }
    var number = 0
    while true {
      let name = filePath(directory).appending("vaec-\(processNumber())-\(number).tmp")
      do throws(ByteIOError) {
        let descriptor = try system("open", text(of: name)) {
          try FileDescriptor.open(
            name, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite
          )
        }
        unlinkFile(text(of: name))
        writer = DescriptorWriter(descriptor, path: directory)
        return
      } catch .system(_, _, Errno.fileExists.rawValue) where number < 1000 {
        number += 1
      }
    }
  }

  deinit { try? writer.descriptor.close() }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    try writer.write(bytes)
    count += bytes.count
  }

  package func finish() throws(ByteIOError) { try writer.flush() }

  /// A source of all bytes, once the spool is finished. Only one may be read at a time, and the spool must outlive it.
  package func source() throws(ByteIOError) -> FileSource {
    try writer.flush()
    _ = try system("read", writer.path) { try writer.descriptor.seek(offset: 0, from: .start) }
    return FileSource(descriptor: writer.descriptor, path: writer.path)
  }

  /// All bytes written so far, as a store.
  package func store() throws(ByteIOError) -> FileStore {
    try writer.flush()
    return FileStore(writer.descriptor, path: writer.path, start: 0, size: count, owner: self)
  }

  /// Writes all bytes to `sink`. The spool cannot be used afterwards.
  package func drain(to sink: any ByteSink) throws(ByteIOError) {
    try writer.flush()
    _ = try system("read", writer.path) { try writer.descriptor.seek(offset: 0, from: .start) }
    try FileSource(descriptor: writer.descriptor, path: writer.path).copy(to: sink)
  }
}
