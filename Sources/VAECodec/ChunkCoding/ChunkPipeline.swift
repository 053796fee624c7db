import Dispatch
import Synchronization

/// A pipeline of workers. The calling thread supplies inputs and consumes outputs, both in order; other threads do the
/// work between.
///
/// Few items are in flight at once, so that memory is bounded. The results do not depend on which thread processes
/// which item. With one thread, everything happens on the calling thread, item after item.
struct ChunkPipeline: Sendable {
  /// The number of items processed at once.
  let threads: Int

  /// The maximum number of items supplied but not yet consumed: one per thread, and one waiting for the next free
  /// thread.
  private var depth: Int { threads + 1 }

  /// - Parameter threads: less than 1 counts as 1.
  init(threads: Int) { self.threads = max(1, threads) }

  /// Supplies, processes and consumes items until none is left.
  ///
  /// Throws the first error in the order of items: if `next` throws, earlier items are consumed first. No thread works
  /// any more when this returns or throws.
  ///
  /// - Parameters:
  ///   - next: returns an item; nil at the end. It is not called again after that or after an error.
  ///   - work: `worker` is in 0 ..< ``threads``; no two items processed at once have the same.
  ///   - use: consumes each output.
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

/// The threads of a pipeline. A free thread takes the item that has waited longest, and ends if there is none.
private final class Workshop<Input: Sendable, Output: Sendable>: Sendable {
  private struct State {
    var waiting: [(number: Int, input: Input)] = []
    var outputs: [Int: Output] = [:]
    /// The worker numbers that no thread uses.
    var idle: [Int]
    /// The number of items added.
    var count = 0
  }

  private let state: Mutex<State>
  private let work: @Sendable (Int, Input) -> Output
  /// One queue per worker. Serial queues get their own threads. Concurrent queues share a pool, whose threads might all
  /// be waiting for the results of a pipeline.
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

  /// The next item; if there is none, the worker becomes idle.
  private func piece(for worker: Int) -> (number: Int, input: Input)? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.idle.append(worker)
        return nil
      }
      return state.waiting.removeFirst()
    }
  }

  /// The output for an item that was added.
  ///
  /// - Parameter waits: whether to wait until it is done; otherwise nil means that it is not.
  func output(_ number: Int, waits: Bool) -> Output? {
    while true {
      if let output = state.withLock({ $0.outputs.removeValue(forKey: number) }) { return output }
      guard waits else { return nil }
      finished.wait()
    }
  }

  /// Drops the waiting items, and returns when no item is being processed.
  func close() {
    state.withLock { $0.waiting.removeAll() }
    threads.wait()
  }
}
