/// The line that shows how far a command is: on a terminal it changes in place, elsewhere each text is a line of its own.
struct StatusLine {
  private let console: Console
  /// Whether it changes in place.
  let isInPlace = Terminal.isError
  private var isDrawn = false

  init(_ console: Console) { self.console = console }

  /// Shows a text instead of the last one.
  mutating func show(_ text: String) {
    guard isInPlace, !console.isQuiet else { return console.note(text) }
    Terminal.writeError("\r\(text)\u{1B}[K")
    isDrawn = true
  }

  /// Removes the line.
  mutating func finish() {
    if isDrawn { Terminal.writeError("\r\u{1B}[K") }
    isDrawn = false
  }
}
