import ByteIO

/// Which files of a directory a command takes.
enum FileSelection {
  /// Files of samples, by their names; raw ones where their type and shape are given.
  case samples(raw: Bool)
  /// Streams, by their names.
  case streams

  /// Whether a file of that name is taken.
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
  /// Paths of the files below `directory` that `selection` takes, in order of their names, directories within it after
  /// its files. Links to directories are not followed.
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
