import Dispatch
import Synchronization

/// Turns the first interrupt (Ctrl-C) into a wish to stop, and the second into the end of the process.
///
/// Nothing stays behind then: a file has no name before it is complete.
final class Interruption: Sendable {
  private let isWished = Atomic<Bool>(false)

  /// Whether there was an interrupt.
  var isRequested: Bool { isWished.load(ordering: .relaxed) }

  /// Runs `body` with interrupts caught.
  ///
  /// - Parameter message: what to say at the first interrupt.
  static func watching<T>(message: String, _ body: (Interruption) throws -> T) rethrows -> T {
    let interruption = Interruption()
    Terminal.ignoreInterrupts()
    let source = DispatchSource.makeSignalSource(signal: Terminal.interruptSignal, queue: .global())
    source.setEventHandler {
      if interruption.isWished.exchange(true, ordering: .relaxed) { Terminal.quitInterrupted() }
      Terminal.writeError("\nvaec: \(message)\n")
    }
    source.resume()
    defer { source.cancel() }
    return try body(interruption)
  }

  /// Runs `body`; where a signal asks the process to end meanwhile, it does so by `cleaning`, which is given what ends it.
  static func ending<T>(
    by cleaning: @escaping @Sendable (_ end: () -> Void) -> Void, _ body: () throws -> T
  ) rethrows -> T {
    let sources = Terminal.endingSignals.map { number in
      Terminal.ignore(signal: number)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { cleaning { Terminal.quit(bySignal: number) } }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    return try body()
  }
}
