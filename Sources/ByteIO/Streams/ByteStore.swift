/// Bytes with random access: a regular file, or memory.
///
/// Only one task reads a store at a time.
package protocol ByteStore: AnyObject {
  /// The number of bytes.
  var size: Int { get }

  /// The bytes from `offset` on: `count` of them, or as many as there are.
  ///
  /// Allocates no more than the store has.
  func read(at offset: Int, upTo count: Int) throws(ByteIOError) -> [UInt8]
}

/// Bytes in memory as a store.
package final class MemoryStore: ByteStore {
  private let bytes: [UInt8]

  /// A store of `bytes`.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var size: Int { bytes.count }

  package func read(at offset: Int, upTo count: Int) -> [UInt8] {
    guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
    return Array(bytes[offset..<offset + min(count, bytes.count - offset)])
  }
}

/// A store that counts the bytes read from another.
package final class CountingStore: ByteStore {
  private let store: any ByteStore
  /// The number of bytes read; bytes that are read twice count twice.
  package private(set) var count = 0

  /// A store of the same bytes as `store`.
  package init(_ store: any ByteStore) { self.store = store }

  package var size: Int { store.size }

  package func read(at offset: Int, upTo count: Int) throws(ByteIOError) -> [UInt8] {
    let bytes = try store.read(at: offset, upTo: count)
    self.count += bytes.count
    return bytes
  }
}

/// The bytes of a store, from the first to the last.
package final class StoreSource: ByteSource {
  private let store: any ByteStore
  private var position = 0

  /// A source of all bytes of `store`.
  package init(_ store: any ByteStore) { self.store = store }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    let bytes = try store.read(at: position, upTo: buffer.count)
    buffer.copyBytes(from: bytes)
    position += bytes.count
    return bytes.count
  }
}
