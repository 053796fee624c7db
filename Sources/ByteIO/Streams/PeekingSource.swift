/// A source whose first bytes can be looked at before they are read.
///
/// Formats are recognized through it without asking a pipe to go back.
package final class PeekingSource: ByteSource {
  private let source: any ByteSource
  private var held: [UInt8] = []
  private var position = 0

  /// A source of the same bytes as `source`, which must not be read by others any more.
  package init(_ source: any ByteSource) { self.source = source }

  /// The next `count` bytes, or as many as are left. They will be read as if nothing had happened.
  package func peek(_ count: Int) throws(ByteIOError) -> ArraySlice<UInt8> {
    let missing = count - (held.count - position)
    if missing > 0 {
      held.removeFirst(position)
      position = 0
      held += try source.read(upTo: missing)
    }
    return held[position..<min(held.count, position + max(0, count))]
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    if position == held.count { return try source.read(into: buffer) }
    let count = min(buffer.count, held.count - position)
    buffer.copyBytes(from: held[position..<position + count])
    position += count
    if position == held.count {
      held = []
      position = 0
    }
    return count
  }
}
