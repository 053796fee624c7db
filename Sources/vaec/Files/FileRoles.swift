import ByteIO

/// The inputs and outputs of a command. No file is both, and none is written twice, under any name.
///
/// All commands check each output here before opening it, with or without -f.
final class FileRoles {
  private enum Key: Hashable {
    case file(FileIdentity)
    case place(FilePlace)
  }

  private var read: [Key: String] = [:]
  private var written: Set<Key> = []

  /// - Parameter paths: the inputs; - for standard input.
  init(reading paths: [String]) {
    for path in paths {
      let status = path == "-" ? FileStatus.standardInput : FileStatus(ofPath: path)
      guard let status, status.isRegular else { continue }
      read[.file(status.identity)] = InputFile(path).name
    }
  }

  /// Registers an output. Throws if the command also reads or writes the same file elsewhere.
  ///
  /// - Parameter replaces: an input that the output may replace.
  func write(_ target: OutputTarget, replacing replaced: String? = nil) throws(CommandError) {
    switch target {
    case .standardOutput:
      guard let status = FileStatus.standardOutput, status.isRegular else { return }
      if let input = read[.file(status.identity)] { throw .outputIsInput(input) }
    case .file(let path, _):
      let status = FileStatus(ofPath: path)
      if let status, !status.isRegular { return }
      var keys: [Key] = []
      if let place = FilePlace(ofPath: path) { keys.append(.place(place)) }
      if let status { keys.append(.file(status.identity)) }
      for key in keys {
        if let input = read[key], input != replaced { throw .outputIsInput(input) }
        if written.contains(key) { throw .outputTwice(path) }
      }
      written.formUnion(keys)
    }
  }
}
