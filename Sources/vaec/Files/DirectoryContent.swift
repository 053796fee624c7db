import ByteIO

/// Selects the files of a directory for a command.
enum FileSelection {
  /// Files of samples, by name; raw ones if their type and shape are given.
  case samples(raw: Bool)
  /// Streams, by name.
  case streams

  /// Whether the selection includes a file of this name.
  func takes(_ name: String) -> Bool {
    switch self {
    case .streams: return name.hasSuffix(OutputName.suffix) && name != OutputName.suffix
    case .samples(let raw):
      if name.hasSuffix("-ubyte") || name.hasSuffix("-ubyte.gz") { return true }
      guard let format = OutputName.format(of: name) else { return false }
      return raw || format != .raw
    }
  }

  /// What they are, in messages.
  var text: String {
    switch self {
    case .samples: "files of samples"
    case .streams: "files that end in .vaec"
    }
  }
}

/// The files below a directory.
enum DirectoryContent {
  /// Paths of the selected files below `directory`, ordered by name, with subdirectories after
  /// files. Links to directories are not followed.
  static func files(below directory: String, _ selection: FileSelection) throws(CommandError) -> [String] {
    var (files, folders): ([String], [String]) = ([], [])
    for name in try Terminal.entries(of: directory) {
      let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
      if FileStatus(ofPath: path, followingLinks: false)?.isDirectory == true {
        folders.append(path)
      } else if selection.takes(name), FileStatus(ofPath: path)?.isRegular == true {
        files.append(path)
      }
    }
    for folder in folders { files += try self.files(below: folder, selection) }
    return files
  }
}
