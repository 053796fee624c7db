import ByteIO
import Synchronization

/// Turns the first interrupt (Ctrl-C) into a request to stop. The second ends the process.
///
/// It leaves nothing behind, because a file has no name before it is complete.
final class Interruption: Sendable {
  private let wish = Atomic<CInt>(0)

  /// Whether there was an interrupt.
  var isRequested: Bool { signal != 0 }

  /// The signal that came first; 0 for none.
  var signal: CInt { wish.load(ordering: .relaxed) }

  /// Runs `body` with interrupts caught.
  ///
  /// - Parameters:
  ///   - message: printed at the first interrupt.
  ///   - others: signals to treat like interrupts, unless the process ignores them.
  static func watching<T>(
    message: String, and others: [CInt] = [], _ body: (Interruption) throws -> T
  ) rethrows -> T {
    let interruption = Interruption()
    EndingSignals.heedInterrupts()
    return try EndingSignals.answering(
      [Terminal.interruptSignal] + others,
      by: { number in
        if interruption.wish.exchange(number, ordering: .relaxed) != 0 {
          TemporaryFiles.removeAll { Terminal.quit(bySignal: number) }
        }
        Terminal.writeError("\nvaec: \(message)\n")
      }, { try body(interruption) })
  }

  /// Runs `body`. A signal that ends the process meanwhile calls `cleaning` with the function that ends it.
  static func ending<T>(
    by cleaning: @escaping @Sendable (_ end: () -> Void) -> Void, _ body: () throws -> T
  ) rethrows -> T {
    try EndingSignals.answering(
      Terminal.endingSignals, by: { number in cleaning { Terminal.quit(bySignal: number) } }, body)
  }
}
