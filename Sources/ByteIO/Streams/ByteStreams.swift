/// Where bytes come from: a file, a pipe, a decompressor over another source, memory.
///
/// A source is read by one task at a time.
package protocol ByteSource: AnyObject {
  /// Reads up to `buffer.count` bytes.
  ///
  /// - Returns: how many bytes were read; 0 only at the end, or for an empty buffer.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int
}

/// Where bytes go: a file, a pipe, a compressor over another sink, memory.
///
/// A sink is written by one task at a time. It is complete only after ``finish()``.
package protocol ByteSink: AnyObject {
  /// Writes all of `bytes`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError)

  /// Writes what is held back (a compressor's last block), and finishes the sink below, if there is one.
  /// Nothing may be written after it.
  func finish() throws(ByteIOError)
}

/// A sink that may be able to change what has been written already.
///
/// Formats whose header holds a count use it when the count is not known in the beginning.
package protocol PatchableSink: ByteSink {
  /// Whether ``write(_:at:)`` works: the output is a regular file, not a pipe or a terminal.
  var canPatch: Bool { get }

  /// Replaces bytes that have been written before ``ByteSink/finish()``.
  ///
  /// - Parameter offset: where, counted from the first byte written to this sink. `offset + bytes.count` must
  ///   not exceed what has been written.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ByteIOError)
}

/// A sink whose bytes can be read back before it is finished.
package protocol ReadableSink: ByteSink {
  /// All that has been written; nil where it cannot be read: the output is a pipe or a device.
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
  /// Reads until `buffer` is full or the source ends; returns how many bytes were read.
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
  /// Memory grows with what arrives, so that a `count` from a damaged header costs nothing.
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

  /// Writes all that is left to `sink`, without finishing it; returns how many bytes that was.
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

/// Another sink, with a count of the bytes that went to it.
package final class CountingSink: PatchableSink {
  private let base: any ByteSink
  /// How many bytes have been written.
  package private(set) var count = 0

  /// - Parameter base: gets all bytes, and is finished with this one.
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
