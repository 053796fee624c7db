import ByteIO
import Dispatch
import Synchronization

/// What becomes of the signals that ask the process to end (SIGINT, SIGTERM, SIGHUP): temporary files go, and the process
/// ends by the signal, unless somebody answers it otherwise for a while.
///
/// Signals belong to the process, and so does this. All threads block them, but one that waits for them.
enum EndingSignals {
  typealias Answer = @Sendable (_ number: CInt) -> Void

  private static let answers = Mutex<[CInt: [Answer]]>([:])
  /// Those that whoever began the process wants it to ignore, as nohup does.
  private static let ignored = Mutex<Set<CInt>>([])

  /// Begins to wait for signals. To be called before there are threads.
  static func watch() {
    ignored.withLock { $0 = Set(Terminal.endingSignals.filter(Terminal.isIgnored)) }
    let signals = Terminal.blockEndingSignals()
    DispatchQueue(label: "signals").async {
      while true {
        let number = Terminal.nextSignal(of: signals)
        if ignored.withLock({ $0.contains(number) }) { continue }
        if let answer = answers.withLock({ $0[number]?.last }) {
          answer(number)
        } else {
          TemporaryFiles.removeAll { Terminal.quit(bySignal: number) }
        }
      }
    }
  }

  /// Runs `body` while `answer` is what a signal of `numbers` gets, unless it is ignored.
  static func answering<T>(
    _ numbers: [CInt], by answer: @escaping Answer, _ body: () throws -> T
  ) rethrows -> T {
    answers.withLock { for number in numbers { $0[number, default: []].append(answer) } }
    defer { answers.withLock { for number in numbers { $0[number]?.removeLast() } } }
    return try body()
  }

  /// Ignores the interrupt no more: shells let what runs in the background ignore it.
  static func heedInterrupts() {
    Terminal.heed(signal: Terminal.interruptSignal)
    ignored.withLock { _ = $0.remove(Terminal.interruptSignal) }
  }
}
