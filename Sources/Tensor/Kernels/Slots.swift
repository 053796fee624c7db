/// A place for each piece's result: pieces write their own, and all are read when all are done.
///
/// Sendable because ``Workers/forEach(_:_:)`` returns only after every piece, and no two pieces share an index.
package final class Slots<Value>: @unchecked Sendable {
  private let pointer: UnsafeMutablePointer<Value?>
  private let count: Int

  /// Room for `count` results.
  package init(count: Int) {
    pointer = .allocate(capacity: count)
    pointer.initialize(repeating: nil, count: count)
    self.count = count
  }

  deinit {
    pointer.deinitialize(count: count)
    pointer.deallocate()
  }

  /// The result of piece `i`; nil before it is written.
  package subscript(i: Int) -> Value? {
    get { pointer[i] }
    set { pointer[i] = newValue }
  }

  /// The results that were written, in order.
  package var array: [Value] { (0..<count).compactMap { pointer[$0] } }
}
