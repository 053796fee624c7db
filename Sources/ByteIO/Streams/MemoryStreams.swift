/// Bytes in memory as a source.
public final class MemorySource: ByteSource {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// A source of `bytes`.
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// A source of `bytes`.
  public convenience init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.endIndex - position)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}

/// A sink that keeps what is written in memory.
public final class MemorySink: PatchableSink, ReadableSink {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []
  /// Whether bytes may be replaced, as in a file, or not, as in a pipe.
  public let canPatch: Bool

  /// An empty sink.
  public init(canPatch: Bool = false) { self.canPatch = canPatch }

  public func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }

  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    precondition(canPatch && offset >= 0 && offset + bytes.count <= self.bytes.count)
    self.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }

  public func finish() {}

  public func written() -> (any ByteStore)? { MemoryStore(bytes) }
}
