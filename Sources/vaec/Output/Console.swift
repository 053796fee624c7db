import ByteIO
import Records

/// Prints results on standard output, and everything else on standard error.
///
/// Names and fields are untrusted: control characters are shown as `\xNN` (see `ByteText`).
struct Console {
  /// Whether to print only errors.
  var isQuiet = false
  /// Whether to print details.
  var isVerbose = false

  /// Prints an error on one line.
  func problem(_ text: String) { Terminal.writeError("vaec: \(ByteText.shown(text))\n") }

  /// Prints a usage error.
  func usage(_ text: String) {
    let text = ByteText.shown(text, keepsLines: true)
    Terminal.writeError("vaec: \(text.hasSuffix("\n") ? String(text.dropLast()) : text)\n")
  }

  /// Prints a message, unless quiet.
  func note(_ text: String) {
    if !isQuiet { Terminal.writeError("\(ByteText.shown(text))\n") }
  }

  /// Prints a message if verbose.
  func detail(_ text: String) {
    if isVerbose, !isQuiet { Terminal.writeError("\(ByteText.shown(text))\n") }
  }

  /// Prints the notes of readers.
  func tell(_ notes: ReadingNotes) {
    for line in notes.take() { note("vaec: \(line)") }
  }

  /// Prints lines of a result.
  func result(_ lines: [String]) throws(ByteIOError) {
    let output = FileSink.standardOutput()
    for line in lines { try output.write(Array("\(ByteText.shown(line))\n".utf8)) }
    try output.finish()
  }

  /// Prints a result as JSON.
  func result(_ json: JSON) throws(ByteIOError) { try result([json.text]) }
}
