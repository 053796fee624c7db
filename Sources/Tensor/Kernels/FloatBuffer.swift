/// A fixed number of binary32 numbers on cache-line boundaries, zero at first.
///
/// Sendable because its users divide it: in a parallel section each worker writes only the rows or panels that
/// are its own, and sections end before anyone reads across that border (``Workers/forEach(_:_:)`` returns when
/// all are done).
package final class FloatBuffer: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Float>
  /// How many numbers it holds.
  package let count: Int

  /// `count` zeros.
  package init(count: Int) {
    self.count = count
    let bytes = max(1, count) * MemoryLayout<Float>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    pointer = raw.assumingMemoryBound(to: Float.self)
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  /// Copies the numbers of `other`, which has as many.
  package func copy(from other: FloatBuffer) {
    precondition(count == other.count)
    pointer.update(from: other.pointer, count: count)
  }

  /// Its numbers as an array.
  package var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
