import ByteIO
import Records

/// Says things to the user: results on standard output, everything else on standard error.
///
/// Names and fields of files are anybody's: what would control a terminal is shown as `\xNN` (see `ByteText`).
struct Console {
  /// Whether only errors are told.
  var isQuiet = false
  /// Whether details are told.
  var isVerbose = false

  /// Reports an error, in a line.
  func problem(_ text: String) { Terminal.writeError("vaec: \(ByteText.shown(text))\n") }

  /// Reports wrong usage, in lines.
  func usage(_ text: String) {
    let text = ByteText.shown(text, keepsLines: true)
    Terminal.writeError("vaec: \(text.hasSuffix("\n") ? String(text.dropLast()) : text)\n")
  }

  /// Tells how something went.
  func note(_ text: String) {
    if !isQuiet { Terminal.writeError("\(ByteText.shown(text))\n") }
  }

  /// Tells a detail.
  func detail(_ text: String) {
    if isVerbose, !isQuiet { Terminal.writeError("\(ByteText.shown(text))\n") }
  }

  /// Reports what readers left out or took for something.
  func tell(_ notes: ReadingNotes) {
    for line in notes.take() { note("vaec: \(line)") }
  }

  /// Prints lines of a result.
  func result(_ lines: [String]) throws(ByteIOError) {
    let output = FileSink.standardOutput()
    for line in lines { try output.write(Array("\(ByteText.shown(line))\n".utf8)) }
    try output.finish()
  }

  /// Prints a result for programs.
  func result(_ json: JSON) throws(ByteIOError) { try result([json.text]) }
}
