/// Bytes in memory as a source.
package final class MemorySource: ByteSource {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// A source of `bytes`.
  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// A source of `bytes`.
  package convenience init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.endIndex - position)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}

/// A sink that keeps all bytes in memory.
package final class MemorySink: PatchableSink, ReadableSink {
  /// The bytes written.
  package private(set) var bytes: [UInt8] = []
  /// Whether written bytes can be replaced, as in a file, or not, as in a pipe.
  package let canPatch: Bool

  /// An empty sink.
  package init(canPatch: Bool = false) { self.canPatch = canPatch }

  package func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    precondition(canPatch && offset >= 0 && offset + bytes.count <= self.bytes.count)
    self.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }

  package func finish() {}

  package func written() -> (any ByteStore)? { MemoryStore(bytes) }
}
