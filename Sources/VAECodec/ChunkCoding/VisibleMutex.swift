#if THREAD_SANITIZER
  import Dispatch

  /// Stands in for the standard library's lock in builds with ThreadSanitizer, which does not see that one: it would take
  /// all that is guarded by it for races. It sees those of Dispatch.
  ///
  /// Unchecked: the value is touched only by whose turn it is.
  final class Mutex<Value>: @unchecked Sendable {
    private let turn = DispatchSemaphore(value: 1)
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
      turn.wait()
      defer { turn.signal() }
      return try body(&value)
    }
  }
#endif
