import Dispatch
import VAECodec

/// Shows how much is encoded or decoded: a line that changes on a terminal, elsewhere one each 10 s.
struct CodingDisplay {
  private let name: String
  private let progress: CodingProgress
  /// Whether to say so while an encoder chooses, before it codes.
  private let tellsChoices: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// The seconds before anything is shown on a terminal, between two changes there, and between two lines elsewhere.
  private static let (patience, pace, linePace) = (1.0, 0.25, 10.0)

  private init(_ name: String, _ progress: CodingProgress, tellsChoices: Bool) {
    (self.name, self.progress, self.tellsChoices) = (name, progress, tellsChoices)
    start = clock.now
  }

  /// Runs `body` with a copy of a codec whose progress is shown.
  ///
  /// - Parameters:
  ///   - name: what is done: "encode".
  ///   - isPiped: whether the result goes to standard output. A terminal shows nothing then: it may be that of another program of
  ///     the pipe.
  ///   - tellsChoices: whether to say so while an encoder chooses.
  static func watching<Result>(
    _ name: String, _ codec: Codec, _ console: Console, isPiped: Bool, tellsChoices: Bool = false,
    _ body: (Codec) throws -> Result
  ) rethrows -> Result {
    let isBar = Terminal.isError
    guard !console.isQuiet, !(isBar && isPiped) else { return try body(codec) }
    let progress = CodingProgress()
    var codec = codec
    codec.progress = progress
    let (ended, finished) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    DispatchQueue(label: "vaec.progress").async {
      let display = CodingDisplay(name, progress, tellsChoices: tellsChoices)
      var line = StatusLine(console)
      var wait = isBar ? patience : linePace
      while ended.wait(timeout: .now() + wait) == .timedOut {
        if let text = display.text() { line.show(text) }
        wait = isBar ? pace : linePace
      }
      line.finish()
      finished.signal()
    }
    defer {
      ended.signal()
      finished.wait()
    }
    return try body(codec)
  }

  /// What to show; nil for nothing.
  private func text() -> String? {
    let now = clock.now
    let own = progress.current
    guard own.number > 0 else {
      return tellsChoices ? "\(name): choosing settings, \(clockText((now - start) / .seconds(1)))" : nil
    }
    let seconds = (now - own.start) / .seconds(1)
    let bytes = Double(own.done) * Double(own.valueBytes)
    let rate = seconds > 0 && own.done > 0 ? ["\((bytes / seconds / 1e6).significant(3)) MB/s"] : []
    guard let total = own.total else {
      return ([("\(name): \((bytes / 1e6).significant(3)) MB")] + rate).joined(separator: ", ")
    }
    guard own.done < total else { return nil }
    let share = Double(own.done) / Double(total)
    let left = share > 0.01 && seconds > 0 ? ["\(clockText(seconds / share * (1 - share))) left"] : []
    return (["\(name): \((100 * share).fixed(0)) %"] + rate + left).joined(separator: ", ")
  }
}
