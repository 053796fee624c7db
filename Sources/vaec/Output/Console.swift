import ByteIO
import SampleIO

/// Says things to the user: results on standard output, everything else on standard error.
struct Console {
  /// Whether only errors are told.
  var isQuiet = false
  /// Whether details are told.
  var isVerbose = false

  /// Tells of an error.
  func problem(_ text: String) {
    Terminal.writeError("vaec: \(text.hasSuffix("\n") ? String(text.dropLast()) : text)\n")
  }

  /// Tells how something went.
  func note(_ text: String) {
    if !isQuiet { Terminal.writeError("\(text)\n") }
  }

  /// Tells a detail.
  func detail(_ text: String) {
    if isVerbose, !isQuiet { Terminal.writeError("\(text)\n") }
  }

  /// Tells what readers left out or took for something.
  func tell(_ notes: ReadingNotes) {
    for line in notes.take() { note("vaec: \(line)") }
  }

  /// Prints lines of a result.
  func result(_ lines: [String]) throws(ByteIOError) {
    let output = FileSink.standardOutput()
    for line in lines { try output.write(Array("\(line)\n".utf8)) }
    try output.finish()
  }

  /// Prints a result for programs.
  func result(_ json: JSON) throws(ByteIOError) { try result([json.text]) }
}
