/// Where bytes come from: a file, a pipe, a decompressor over another source, memory.
///
/// A source is read by one task at a time.
public protocol ByteSource: AnyObject {
  /// Reads up to `buffer.count` bytes.
  ///
  /// - Returns: how many bytes were read; 0 only at the end, or for an empty buffer.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int
}

/// Where bytes go: a file, a pipe, a compressor over another sink, memory.
///
/// A sink is written by one task at a time. It is complete only after ``finish()``.
public protocol ByteSink: AnyObject {
  /// Writes all of `bytes`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError)

  /// Writes what is held back (a compressor's last block). Nothing may be written after it.
  func finish() throws(ByteIOError)
}

extension ByteSink {
  /// Writes all of `bytes`.
  public func write(_ bytes: [UInt8]) throws(ByteIOError) {
    do {
      try bytes.withUnsafeBytes { try write($0) }
    } catch let error as ByteIOError {
      throw error
    } catch {
      preconditionFailure("write throws only ByteIOError")
    }
  }
}

extension ByteSource {
  /// Reads until `count` bytes are there or the source ends.
  public func read(upTo count: Int) throws(ByteIOError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got: Int
      do {
        got = try bytes.withUnsafeMutableBytes { raw throws -> Int in
          try read(into: UnsafeMutableRawBufferPointer(rebasing: raw[filled...]))
        }
      } catch let error as ByteIOError {
        throw error
      } catch {
        preconditionFailure("read throws only ByteIOError")
      }
      if got == 0 { break }
      filled += got
    }
    bytes.removeLast(count - filled)
    return bytes
  }
}

/// Bytes in memory as a source.
public final class MemorySource: ByteSource {
  private let bytes: [UInt8]
  private var position = 0

  /// A source of `bytes`.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - position)
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
    }
    position += count
    return count
  }
}

/// A sink that keeps what is written in memory.
public final class MemorySink: ByteSink {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []

  /// An empty sink.
  public init() {}

  public func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }

  public func finish() {}
}
