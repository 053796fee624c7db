/// A sequential source of bytes: a file, a pipe, a decompressor over another source, memory.
///
/// Only one task reads a source at a time.
package protocol ByteSource: AnyObject {
  /// Reads up to `buffer.count` bytes.
  ///
  /// - Returns: the number of bytes read; 0 only at the end or for an empty buffer.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int
}

/// A sequential destination of bytes: a file, a pipe, a compressor over another sink, memory.
///
/// Only one task writes to a sink at a time. Its output is complete only after ``finish()``.
package protocol ByteSink: AnyObject {
  /// Writes all of `bytes`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError)

  /// Writes buffered data, such as a compressor's last block, and finishes the underlying sink, if there is one.
  /// Nothing may be written afterwards.
  func finish() throws(ByteIOError)
}

/// A sink that may be able to change bytes already written.
///
/// Formats whose header holds a count use it when the count is not known at the start.
package protocol PatchableSink: ByteSink {
  /// Whether ``write(_:at:)`` works: the output is a regular file, not a pipe or a terminal.
  var canPatch: Bool { get }

  /// Replaces bytes already written; call it before ``ByteSink/finish()``.
  ///
  /// - Parameter offset: counted from the first byte written to this sink. `offset + bytes.count` must not exceed the
  ///   number of bytes written.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ByteIOError)
}

/// A sink whose bytes can be read back before it is finished.
package protocol ReadableSink: ByteSink {
  /// All bytes written; nil if the output cannot be read back, such as a pipe or a device.
  func written() throws(ByteIOError) -> (any ByteStore)?
}

extension ByteSink {
  /// Writes all of `bytes`.
  package func write(_ bytes: [UInt8]) throws(ByteIOError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(ByteIOError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Writes all of `bytes`.
  package func write(_ bytes: ArraySlice<UInt8>) throws(ByteIOError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(ByteIOError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }
}

extension PatchableSink {
  /// Replaces bytes that have been written; see ``write(_:at:)-(UnsafeRawBufferPointer,_)``.
  package func write(_ bytes: [UInt8], at offset: Int) throws(ByteIOError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(ByteIOError) in
      try write(UnsafeRawBufferPointer(buffer), at: offset)
    }
  }
}

extension ByteSource {
  /// Reads until `buffer` is full or the source ends; returns the number of bytes read.
  package func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if got == 0 { break }
      filled += got
    }
    return filled
  }

  /// Reads until `count` bytes are there or the source ends.
  ///
  /// Memory grows with what arrives, so a huge `count` from a damaged header costs nothing.
  package func read(upTo count: Int) throws(ByteIOError) -> [UInt8] {
    let firstStep = min(max(0, count), 1 << 22)
    var failure: ByteIOError?
    var bytes = [UInt8](unsafeUninitializedCapacity: firstStep) { buffer, filled in
      do throws(ByteIOError) {
        let raw = UnsafeMutableRawBufferPointer(buffer)
        filled = try fill(UnsafeMutableRawBufferPointer(rebasing: raw[..<firstStep]))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    while bytes.count < count, bytes.count >= firstStep {
      let begin = bytes.count
      let step = min(count - begin, begin)
      bytes.append(contentsOf: repeatElement(0, count: step))
      let got = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(ByteIOError) in
        try fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[begin...]))
      }
      if got < step {
        bytes.removeLast(step - got)
        break
      }
    }
    return bytes
  }

  /// Writes everything left to `sink`, without finishing it; returns the number of bytes.
  @discardableResult
  package func copy(to sink: any ByteSink) throws(ByteIOError) -> Int {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 64)
    defer { buffer.deallocate() }
    var total = 0
    while true {
      let got = try read(into: buffer)
      if got == 0 { return total }
      try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
      total += got
    }
  }
}

/// A sink that counts the bytes it passes to another.
package final class CountingSink: PatchableSink {
  private let base: any ByteSink
  /// The number of bytes written.
  package private(set) var count = 0

  /// - Parameter base: receives all bytes, and is finished together with this sink.
  package init(_ base: any ByteSink) { self.base = base }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    try base.write(bytes)
    count += bytes.count
  }

  package func finish() throws(ByteIOError) { try base.finish() }

  package var canPatch: Bool { (base as? any PatchableSink)?.canPatch ?? false }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ByteIOError) {
    try (base as? any PatchableSink)?.write(bytes, at: offset)
  }
}
