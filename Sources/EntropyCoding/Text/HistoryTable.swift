/// A hash table of the bit histories of many contexts.
///
/// A bucket of 16 bytes holds a check byte, and a history for each of the 15 nodes of four bits.
struct HistoryTable: ~Copyable {
  private let bytes: FixedBuffer<UInt8>
  private let mask: Int

  /// - Parameter bits: the table has 2^bits bytes; at least 6 bits.
  init(bits: Int) {
    bytes = FixedBuffer(repeating: 0, count: 1 << bits)
    mask = (1 << bits - 1) & ~15
  }

  /// Reads a byte of the bucket that ``bucket(_:_:)`` will access, so that the processor prefetches it.
  @inline(__always)
  func touch(_ hash: UInt32) -> UInt8 { bytes[(Int(hash) << 4) & mask] }

  /// The bucket of a context; its nodes are at 1 to 15.
  ///
  /// A new context replaces, among three buckets of a cache line, the one whose first node has seen the fewest bits.
  ///
  /// - Parameter counts: the number of bits each history has seen.
  @inline(__always)
  func bucket(_ hash: UInt32, _ counts: borrowing FixedBuffer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    let check = UInt8(truncatingIfNeeded: hash >> 24)
    let place = (Int(hash) << 4) & mask
    let first = bytes.base + place
    if first[0] == check { return first }
    let second = bytes.base + (place ^ 16)
    if second[0] == check { return second }
    let third = bytes.base + (place ^ 32)
    if third[0] == check { return third }
    let (a, b, c) = (counts[Int(first[1])], counts[Int(second[1])], counts[Int(third[1])])
    let found = b < a && b <= c ? second : c < a ? third : first
    UnsafeMutableRawPointer(found).storeBytes(of: SIMD16(repeating: 0), as: SIMD16<UInt8>.self)
    found[0] = check
    return found
  }
}
