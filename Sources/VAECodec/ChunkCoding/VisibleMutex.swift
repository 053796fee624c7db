#if THREAD_SANITIZER
  import Dispatch

  /// Replaces the standard library's lock in builds with ThreadSanitizer, which does not recognize that lock and would
  /// report races on everything it guards. It recognizes Dispatch.
  ///
  /// Unchecked: only the thread that holds the lock accesses the value.
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
