import VAECodec

/// Shows how many of several things are done: a line that changes on a terminal, elsewhere one each 10 s at most.
struct CountDisplay {
  private let (name, things, total): (String, String, Int)
  private let console: Console
  private let isBar = Terminal.isError
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var nextLine = 10.0
  private var isDrawn = false

  /// - Parameters:
  ///   - name: what is done: "eval".
  ///   - things: what is counted: "qualities".
  init(_ name: String, _ things: String, of total: Int, _ console: Console) {
    (self.name, self.things, self.total, self.console) = (name, things, total, console)
    start = clock.now
  }

  /// Shows that so many are done.
  mutating func show(_ done: Int) {
    let seconds = (clock.now - start) / .seconds(1)
    if console.isQuiet || !isBar && seconds < nextLine { return }
    let left = done > 0 ? ", \(clockText(seconds / Double(done) * Double(total - done))) left" : ""
    let text = "\(name): \(done) of \(total) \(things)\(left)"
    if isBar {
      Terminal.writeError("\r\(text)\u{1B}[K")
      isDrawn = true
    } else {
      nextLine = seconds + 10
      console.note(text)
    }
  }

  /// Removes the line.
  mutating func finish() {
    if isDrawn { Terminal.writeError("\r\u{1B}[K") }
    isDrawn = false
  }
}
