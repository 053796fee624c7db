import ByteIO
import VAECodec

/// The destination of data.
enum OutputTarget {
  case standardOutput
  case file(String, overwrite: Bool)

  /// The target in messages.
  var name: String {
    switch self {
    case .standardOutput: "standard output"
    case .file(let path, _): path
    }
  }

  /// Checks before the work that the target can be written.
  func check() throws(CodecError) {
    guard case .file(let path, let overwrite) = self, FileStatus(ofPath: path)?.isSpecial != true else {
      return
    }
    try withFileContext(path) { () throws(ByteIOError) in
      try OutputFile(path: path, overwrite: overwrite).discard()
    }
  }

  /// Opens the target. A file appears only when it is finished (see ``finish(_:)``).
  ///
  /// - Parameters:
  ///   - provenance: its inputs.
  ///   - isDurable: whether finishing it waits for the disk.
  func open(_ provenance: Provenance, isDurable: Bool = false) throws(ByteIOError) -> any ByteSink {
    switch self {
    case .standardOutput: FileSink.standardOutput()
    case .file(let path, let overwrite):
      try OutputFile(path: path, overwrite: overwrite, provenance: provenance, isDurable: isDurable)
    }
  }
}
