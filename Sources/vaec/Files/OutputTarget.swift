import ByteIO
import VAECodec

/// Where data go.
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

  /// Finds out before the work whether it can be written to after it.
  func check() throws(CodecError) {
    guard case .file(let path, let overwrite) = self, FileStatus(ofPath: path)?.isSpecial != true else {
      return
    }
    try withFileContext(path) { () throws(ByteIOError) in
      try OutputFile(path: path, overwrite: overwrite).discard()
    }
  }

  /// Begins to write. A file appears when it is finished (see ``finish(_:)``), and not otherwise.
  ///
  /// - Parameters:
  ///   - provenance: what it is made of.
  ///   - isDurable: whether finishing it waits for the disk.
  func open(_ provenance: Provenance, isDurable: Bool = false) throws(ByteIOError) -> any ByteSink {
    switch self {
    case .standardOutput: FileSink.standardOutput()
    case .file(let path, let overwrite):
      try OutputFile(path: path, overwrite: overwrite, provenance: provenance, isDurable: isDurable)
    }
  }
}
