import ByteIO
import Records
import VAECodec

/// Errors of the command line itself.
enum CommandError: Error {
  /// Binary output would go to a terminal.
  case outputIsTerminal(String)
  /// Data would be read from a terminal.
  case inputIsTerminal
  /// The name of a stream does not determine the name of its samples.
  case noOutputName(String)
  /// An output is also an input.
  case outputIsInput(String)
  /// Two outputs are the same file.
  case outputTwice(String)
  /// The suffix of an output promises a format that is not written.
  case suffixNotWritten(name: String, suffix: String, written: String)
  /// Samples cannot be joined to those of another file.
  case cannotJoin(name: String, found: String, expected: String)
  /// A text should be removed, but would not come back byte for byte.
  case textChanges(name: String, TextDifference)
  /// An input was encoded or decoded, but not removed.
  case inputKept(name: String, reason: String)
  /// The file to compare with a stream holds other samples.
  case cannotCompare(name: String, found: String, stream: String, expected: String)
  /// The file to compare with a stream has fewer or more samples.
  case otherRows(name: String, stream: String, isFewer: Bool)
  /// An input is a directory.
  case isDirectory(String)
  case needsLayout(name: String, isImage: Bool)
  /// A directory contains no suitable files.
  case noFiles(directory: String, wanted: String)
  /// A directory cannot be read or created.
  case directory(name: String, operation: String, reason: String)
}

extension CommandError: Advised {
  /// What is wrong, and the remedy.
  var description: String {
    switch self {
    case .outputIsTerminal(let what):
      "standard output is a terminal, and \(what) are binary; redirect it, name a file with -o, or pass -f"
    case .inputIsTerminal:
      "standard input is a terminal; name a FILE or pipe data in"
    case .noOutputName(let name):
      "\(name): does not end in .vaec; name the output with -o, or pass -c for standard output"
    case .outputIsInput(let name):
      "\(name): is both an input and an output of this command; name another output"
    case .outputTwice(let name):
      "\(name): is the name of two outputs; name another output"
    case .suffixNotWritten(let name, let suffix, let written):
      "\(name): cannot write .\(suffix): \(written); name another output"
    case .cannotJoin(let name, let found, let expected):
      "\(name): holds \(found), but previous files hold \(expected); decode it to a separate file"
    case .textChanges(let name, let difference):
      "\(name): would not come back byte for byte: \(difference); omit --rm and keep the file"
    case .inputKept(let name, let reason):
      "\(name): kept despite --rm: \(reason); check both files before you remove it"
    case .cannotCompare(let name, let found, let stream, let expected):
      "\(name): holds \(found), but \(stream) holds \(expected); name the file that was encoded"
    case .otherRows(let name, let stream, let isFewer):
      "\(name): has \(isFewer ? "fewer" : "more") samples than \(stream); name the file that was encoded"
    case .needsLayout(let name, true):
      "\(name): looks like one image; pass --tile 16x16 to fit a model of its tiles, or --layout auto or rows"
    case .needsLayout(let name, false):
      "\(name): has one axis; pass --window 256 to fit a model of windows of it, or --layout auto or rows"
    case .isDirectory(let name): "\(name): is a directory; pass -r to process the files in it"
    case .noFiles(let directory, let wanted): "\(directory): contains no \(wanted); name files individually"
    case .directory(let name, let operation, let reason):
      "\(name): cannot be \(operation): \(reason); check its permissions, or name another directory"
    }
  }

  var remedy: String? { nil }
}

/// An error of data or files, as reported to the user.
struct Failure {
  /// The message; nil if the reader of a pipe is gone.
  let text: String?
  /// The exit code: 1, or 2 if a file needs more memory than allowed, or 130 after an interrupt.
  let exitCode: Int32

  var isBrokenPipe: Bool { text == nil }

  /// - Returns: nil for usage errors, which the argument parser reports.
  init?(_ error: any Error) {
    guard let advised = error as? any Advised else { return nil }
    if case CodecError.fit(.interrupted, _) = error {
      exitCode = Self.interruptedCode
    } else {
      exitCode = Self.asksForMore(error) ? Self.memoryCode : Self.faultCode
    }
    text = Self.isBrokenPipe(error) ? nil : advised.message
  }

  /// Whether the user ended it.
  var isInterrupted: Bool { exitCode == Self.interruptedCode }

  static let (faultCode, memoryCode): (Int32, Int32) = (1, 2)
  static var interruptedCode: Int32 { 128 + Terminal.interruptSignal }

  private static func asksForMore(_ error: any Error) -> Bool {
    switch error {
    case let error as CodecError: error.asksForMore
    case let error as SampleIOError: error.asksForMore
    case let error as ByteIOError: error.asksForMore
    default: false
    }
  }

  private static func isBrokenPipe(_ error: any Error) -> Bool {
    switch error {
    case CodecError.bytes(.brokenPipe, _), CodecError.samples(.bytes(.brokenPipe, _)),
      CodecError.stream(.bytes(.brokenPipe), _), SampleIOError.bytes(.brokenPipe, _), ByteIOError.brokenPipe:
      true
    default: false
    }
  }
}
