import Dispatch
import Synchronization

/// Runs work that takes long on a thread of its own: those of Swift's tasks are few, and must not wait.
enum Blocking {
  /// - Parameters:
  ///   - observer: cancelled with the task.
  ///   - leaves: whether a cancelled caller goes on at once, while the work comes to its end by itself; else the caller waits
  ///     for that, so that files are as they will be.
  /// - Throws: `CancellationError` where the task was cancelled, else what `body` throws.
  static func run<Result: Sendable>(
    _ observer: TransferObserver, leaves: Bool = false, _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    let waiting = Waiting<Result>()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        waiting.set(continuation)
        // Cancelled before there was anybody to tell.
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

  /// What came of the work. Where it was complete before it could be stopped, its files are there, and the caller is told
  /// so; work that is left behind may have ended early, and counts for nothing.
  private static func outcome<Result>(
    _ observer: TransferObserver, leaves: Bool, _ body: () throws -> Result
  ) -> Swift.Result<Result, any Error> {
    if observer.isCancelled { return .failure(CancellationError()) }
    let result = Swift.Result(catching: body)
    if !observer.isCancelled { return result }
    if !leaves, case .success = result { return result }
    return .failure(CancellationError())
  }

  /// The caller, who is told once.
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

  /// How many events wait for a listener who is slow: of more, the oldest are dropped, and the report never.
  private static let maximumEvents = 64

  /// The events of work that tells its progress. Who stops listening cancels it.
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
