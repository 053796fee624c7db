import ByteIO

/// A source that can be read again from its first byte on, once, without asking a pipe to go back: for a look at what comes
/// first, however long that is.
final class RewindableSource: ByteSource {
  private let source: any ByteSource
  private var held: [UInt8] = []
  /// How much of what is held has been read again; nil before the look is over.
  private var position: Int?

  /// A source of the same bytes as `source`, which nobody else may read.
  init(_ source: any ByteSource) { self.source = source }

  /// Goes back to the first byte.
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
