import Dispatch
import Synchronization

/// A line of workers: the calling thread brings pieces and uses what becomes of them, both in order, while other threads
/// work on those between.
///
/// Few pieces are under way at once, so that memory does not grow with their number, and which thread works on which
/// piece changes nothing. With one thread, all of it happens on the calling thread, piece after piece.
struct ChunkPipeline: Sendable {
  /// Pieces that are worked on at once.
  let threads: Int

  /// Pieces that have been brought and not been used, at the most: one a thread, and one that waits for the first thread
  /// that is free.
  private var depth: Int { threads + 1 }

  /// - Parameter threads: less than 1 counts as 1.
  init(threads: Int) { self.threads = max(1, threads) }

  /// Brings, works on and uses pieces until none is left.
  ///
  /// The first error in the order of pieces is thrown: where `next` throws, what was brought before is used first. When
  /// this returns or throws, no thread works any more.
  ///
  /// - Parameters:
  ///   - next: brings a piece; nil when there is none left. It is not called again after that, or after an error.
  ///   - work: `worker` is in 0 ..< ``threads``; no two pieces that are worked on at once have the same.
  ///   - use: takes what became of each piece.
  func run<Input: Sendable, Output: Sendable, Failure: Error>(
    next: () throws(Failure) -> Input?,
    work: @escaping @Sendable (_ worker: Int, _ input: Input) -> Output,
    use: (Output) throws(Failure) -> Void
  ) throws(Failure) {
    guard threads > 1 else {
      while let input = try next() { try use(work(0, input)) }
      return
    }
    let shop = Workshop(threads, work)
    defer { shop.close() }
    var (brought, used) = (0, 0)
    var hasEnded = false
    var failure: Failure?
    while !hasEnded || used < brought {
      if used < brought, let output = shop.output(used, waits: hasEnded || brought - used == depth) {
        used += 1
        try use(output)
        continue
      }
      do throws(Failure) {
        if let input = try next() {
          shop.add(input)
          brought += 1
        } else {
          hasEnded = true
        }
      } catch {
        failure = error
        hasEnded = true
      }
    }
    if let failure { throw failure }
  }
}

/// Where pieces are worked on. A thread that is free takes the piece that has waited longest, and goes when there is none.
private final class Workshop<Input: Sendable, Output: Sendable>: Sendable {
  private struct State {
    var waiting: [(number: Int, input: Input)] = []
    var outputs: [Int: Output] = [:]
    /// Numbers of workers that no thread has.
    var idle: [Int]
    /// Pieces that were added.
    var count = 0
  }

  private let state: Mutex<State>
  private let work: @Sendable (Int, Input) -> Output
  /// One a worker. Serial queues get threads of their own: those of concurrent ones come from a pool, whose threads may
  /// all be waiting for a pipeline's results.
  private let queues: [DispatchQueue]
  private let threads = DispatchGroup()
  /// Signalled for each output.
  private let finished = DispatchSemaphore(value: 0)

  init(_ workers: Int, _ work: @escaping @Sendable (Int, Input) -> Output) {
    state = Mutex(State(idle: Array((0..<workers).reversed())))
    queues = (0..<workers).map { DispatchQueue(label: "vaec.chunks.\($0)") }
    self.work = work
  }

  func add(_ input: Input) {
    let worker = state.withLock { state in
      state.waiting.append((state.count, input))
      state.count += 1
      return state.idle.popLast()
    }
    guard let worker else { return }
    queues[worker].async(group: threads) { self.run(worker) }
  }

  private func run(_ worker: Int) {
    while let piece = piece(for: worker) {
      let output = work(worker, piece.input)
      state.withLock { $0.outputs[piece.number] = output }
      finished.signal()
    }
  }

  /// The next piece; where there is none, the worker is idle again.
  private func piece(for worker: Int) -> (number: Int, input: Input)? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.idle.append(worker)
        return nil
      }
      return state.waiting.removeFirst()
    }
  }

  /// What became of a piece that was added.
  ///
  /// - Parameter waits: whether to wait until the piece is done; else nil stands for one that is not.
  func output(_ number: Int, waits: Bool) -> Output? {
    while true {
      if let output = state.withLock({ $0.outputs.removeValue(forKey: number) }) { return output }
      guard waits else { return nil }
      finished.wait()
    }
  }

  /// Drops the pieces that wait, and returns when none is worked on.
  func close() {
    state.withLock { $0.waiting.removeAll() }
    threads.wait()
  }
}
