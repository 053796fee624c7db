import ByteIO
import Records
import VAECodec

/// What can be at fault before the library is called or after.
enum CommandError: Error {
  /// Samples or codes would go to a terminal.
  case outputIsTerminal(String)
  /// Data would be read from a terminal.
  case inputIsTerminal
  /// A stream's name does not say what its samples are to be called.
  case noOutputName(String)
  /// An output is a file that is read.
  case outputIsInput(String)
  /// Two outputs are one file.
  case outputTwice(String)
  /// An output is called as what is not written.
  case suffixNotWritten(name: String, suffix: String, written: String)
  /// Samples cannot follow those of another file in one output.
  case cannotJoin(name: String, found: String, expected: String)
  /// A text is to be removed that would not come back byte for byte.
  case textChanges(name: String, TextDifference)
  /// An input is not removed, though its samples have gone elsewhere.
  case inputKept(name: String, reason: String)
  /// What a stream is to be compared with holds other samples.
  case cannotCompare(name: String, found: String, stream: String, expected: String)
  /// What a stream is to be compared with has fewer samples, or more.
  case otherRows(name: String, stream: String, isFewer: Bool)
  /// A directory is given where files are wanted.
  case isDirectory(String)
  /// A directory holds nothing that the command takes.
  case noFiles(directory: String, wanted: String)
  /// A directory cannot be read or made.
  case directory(name: String, operation: String, reason: String)
}

extension CommandError: Advised {
  /// What is wrong and what to do: these are the command line's own.
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
    case .isDirectory(let name): "\(name): is a directory; pass -r to process the files in it"
    case .noFiles(let directory, let wanted): "\(directory): contains no \(wanted); name files individually"
    case .directory(let name, let operation, let reason):
      "\(name): cannot be \(operation): \(reason); check its permissions, or name another directory"
    }
  }

  var remedy: String? { nil }
}

/// An error of data or files as the user gets to see it.
struct Failure {
  /// What is wrong; nil where there is nobody to tell: the reader of a pipe went away.
  let text: String?
  /// The exit code: 1, or 2 where a file asks for more memory than is allowed.
  let exitCode: Int32

  var isBrokenPipe: Bool { text == nil }

  /// - Returns: nil for errors of usage, which are the argument parser's.
  init?(_ error: any Error) {
    guard let advised = error as? any Advised else { return nil }
    exitCode = Self.asksForMemory(error) ? Self.memoryCode : Self.faultCode
    text = Self.isBrokenPipe(error) ? nil : advised.message
  }

  static let (faultCode, memoryCode): (Int32, Int32) = (1, 2)

  private static func asksForMemory(_ error: any Error) -> Bool {
    switch error {
    case let error as CodecError: error.asksForMemory
    case let error as SampleIOError: error.asksForMemory
    case let error as ByteIOError: error.asksForMemory
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
