import Dispatch
import Synchronization

/// Runs long work on a separate thread, because the few threads of Swift's tasks must not block.
enum Blocking {
  /// - Parameters:
  ///   - observer: cancelled with the task.
  ///   - leaves: whether a cancelled caller returns immediately and the work ends by itself; otherwise the caller waits
  ///     for the work, so that files are in their final state.
  /// - Throws: `CancellationError` if the task was cancelled; otherwise the error of `body`.
  static func run<Result: Sendable>(
    _ observer: TransferObserver, leaves: Bool = false, _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    let waiting = Waiting<Result>()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        waiting.set(continuation)
        // Cancelled before the caller was registered.
        if leaves, observer.isCancelled { waiting.resume(.failure(CancellationError())) }
        DispatchQueue(label: "vaec").async {
          waiting.resume(outcome(observer, leaves: leaves, body))
        }
      }
    } onCancel: {
      observer.cancel()
      if leaves { waiting.resume(.failure(CancellationError())) }
    }
  }

  /// The result of the work. If it completed before it could be stopped, its files exist, and the caller gets
  /// the result. Abandoned work may have ended early, and its result is discarded.
  private static func outcome<Result>(
    _ observer: TransferObserver, leaves: Bool, _ body: () throws -> Result
  ) -> Swift.Result<Result, any Error> {
    if observer.isCancelled { return .failure(CancellationError()) }
    let result = Swift.Result(catching: body)
    if !observer.isCancelled { return result }
    if !leaves, case .success = result { return result }
    return .failure(CancellationError())
  }

  /// The caller, resumed once.
  private final class Waiting<Result: Sendable>: Sendable {
    private let continuation = Mutex<CheckedContinuation<Result, any Error>?>(nil)

    func set(_ continuation: CheckedContinuation<Result, any Error>) {
      self.continuation.withLock { $0 = continuation }
    }

    func resume(_ result: Swift.Result<Result, any Error>) {
      let waiting = continuation.withLock { continuation in
        defer { continuation = nil }
        return continuation
      }
      waiting?.resume(with: result)
    }
  }

  /// The number of events buffered for a slow listener. Beyond it the oldest are dropped, but never the report.
  private static let maximumEvents = 64

  /// The events of work that reports progress. Stopping to listen cancels it.
  static func events<Progress: Sendable, Report: Sendable>(
    _ body: @escaping @Sendable (@escaping @Sendable (Progress) -> Void) async throws -> Report
  ) -> AsyncThrowingStream<CodecEvent<Progress, Report>, any Error> {
    AsyncThrowingStream(bufferingPolicy: .bufferingNewest(maximumEvents)) { continuation in
      let task = Task {
        do {
          let report = try await body { continuation.yield(.progress($0)) }
          continuation.yield(.finished(report))
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}
