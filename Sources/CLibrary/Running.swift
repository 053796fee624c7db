import CVaec
import Dispatch
import Synchronization
import VAECodec

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension FitCheckpoints {
  /// None are kept. A fit that has a place for them ends as soon as it is stopped, without a model.
  static var discarded: FitCheckpoints { FitCheckpoints(every: .infinity) { _ in } }
}

/// How a call runs: on which threads, within which memory, and who is told.
struct Running {
  let threads: Int
  let memory: MemoryLimit
  private let progress: (@convention(c) (UnsafeMutableRawPointer?, Double) -> Int32)?
  private let context: UnsafeMutableRawPointer?

  /// The pace of the callback.
  private static let pace = DispatchTimeInterval.milliseconds(100)
  /// The process that loaded the library. In a child made by fork, Dispatch has no threads.
  private static let process = getpid()

  static func noteProcess() { _ = process }

  private var isForked: Bool { getpid() != Self.process }

  init(_ run: UnsafePointer<vaec_run>?) {
    let run = run?.pointee ?? vaec_run()
    threads = max(0, Int(run.threads))
    memory = run.memory == 0 ? .standard : MemoryLimit(bytes: Int(clamping: run.memory))
    (progress, context) = (run.progress, run.context)
  }

  func codec() throws(CodecError) -> Codec {
    try Codec(threads: isForked ? 1 : threads, memory: memory)
  }

  /// What the work reports, and whether it is to stop.
  final class Watch: Sendable {
    let observer = TransferObserver()
    private let done = Mutex(Double.nan)

    var fraction: Double { done.withLock { $0 } }

    /// - Returns: whether to go on.
    func report(_ fraction: Double) -> Bool {
      done.withLock { $0 = fraction }
      return !observer.isCancelled
    }
  }

  /// Runs `body`. If the caller wants to be told, it does so on another thread, while this one tells.
  func callAsFunction<R>(_ body: @escaping (Codec, Watch) throws -> R) throws -> R {
    let (codec, watch) = (try codec(), Watch())
    guard let progress, !isForked else { return try body(codec, watch) }
    // Unchecked: this thread waits until the other one is done.
    nonisolated(unsafe) let work = body
    nonisolated(unsafe) var result: Result<R, any Error>?
    let finished = DispatchSemaphore(value: 0)
    DispatchQueue(label: "vaec.call").async {
      result = Result { try work(codec, watch) }
      finished.signal()
    }
    while finished.wait(timeout: .now() + Self.pace) == .timedOut {
      if progress(context, watch.fraction) != 0 { watch.observer.cancel() }
    }
    guard let result, !watch.observer.isCancelled else { throw LibraryError.cancelled }
    return try result.get()
  }
}
