import ByteIO

/// A source that can be rewound to its first byte once, even for a pipe, so that its beginning can be
/// examined, however long it is.
final class RewindableSource: ByteSource {
  private let source: any ByteSource
  private var held: [UInt8] = []
  /// How much of the buffer has been read again; nil before the rewind.
  private var position: Int?

  /// A source of the bytes of `source`, which must not be read elsewhere.
  init(_ source: any ByteSource) { self.source = source }

  /// Rewinds to the first byte.
  func rewind() { position = 0 }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    guard let position else {
      let got = try source.read(into: buffer)
      held += UnsafeRawBufferPointer(rebasing: buffer[..<got])
      return got
    }
    guard position < held.count else { return try source.read(into: buffer) }
    let count = min(buffer.count, held.count - position)
    buffer.copyBytes(from: held[position..<position + count])
    self.position = position + count
    if position + count == held.count { (held, self.position) = ([], 0) }
    return count
  }
}
