import VAECodec

/// Shows how many of several things are done: a line that changes on a terminal, elsewhere one each 10 s at most.
struct CountDisplay {
  private let (name, things, total): (String, String, Int)
  private var line: StatusLine
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var nextLine = 10.0

  /// - Parameters:
  ///   - name: what is done: "eval".
  ///   - things: what is counted: "qualities".
  init(_ name: String, _ things: String, of total: Int, _ console: Console) {
    (self.name, self.things, self.total, line) = (name, things, total, StatusLine(console))
    start = clock.now
  }

  /// Shows that so many are done.
  mutating func show(_ done: Int) {
    let seconds = (clock.now - start) / .seconds(1)
    if !line.isInPlace, seconds < nextLine { return }
    nextLine = seconds + 10
    let left = done > 0 ? ", \(clockText(seconds / Double(done) * Double(total - done))) left" : ""
    line.show("\(name): \(done) of \(total) \(things)\(left)")
  }

  /// Removes the line.
  mutating func finish() { line.finish() }
}
