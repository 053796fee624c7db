/// A source whose first bytes can be examined before they are read.
///
/// It allows formats to be recognized on a pipe, which cannot seek back.
package final class PeekingSource: ByteSource {
  private let source: any ByteSource
  private var held: [UInt8] = []
  private var position = 0

  /// A source of the same bytes as `source`, which nothing else may read any more.
  package init(_ source: any ByteSource) { self.source = source }

  /// The next `count` bytes, or as many as are left. They remain unread.
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
