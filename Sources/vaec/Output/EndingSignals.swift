import ByteIO
import Dispatch
import Synchronization

/// Handles the signals that end the process (SIGINT, SIGTERM, SIGHUP): removes temporary files and ends
/// the process by the signal, unless another handler is installed for a while.
///
/// Signals are global to the process, and so is this. One thread waits for them; all others block them.
enum EndingSignals {
  typealias Answer = @Sendable (_ number: CInt) -> Void

  private static let answers = Mutex<[CInt: [Answer]]>([:])
  /// Signals that the process was started to ignore, as by nohup.
  private static let ignored = Mutex<Set<CInt>>([])

  /// Starts waiting for signals. Call it before starting threads.
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

  /// Runs `body` with `answer` as the handler of the signals `numbers`, unless these are ignored.
  static func answering<T>(
    _ numbers: [CInt], by answer: @escaping Answer, _ body: () throws -> T
  ) rethrows -> T {
    answers.withLock { for number in numbers { $0[number, default: []].append(answer) } }
    defer { answers.withLock { for number in numbers { $0[number]?.removeLast() } } }
    return try body()
  }

  /// Stops ignoring the interrupt, which shells make background processes ignore.
  static func heedInterrupts() {
    Terminal.heed(signal: Terminal.interruptSignal)
    ignored.withLock { _ = $0.remove(Terminal.interruptSignal) }
  }
}
