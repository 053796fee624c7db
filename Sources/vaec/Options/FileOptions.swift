import ArgumentParser
import ByteIO
import VAECodec

/// Inputs and outputs, with the conventions of zstd.
struct FileOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Input files; omit or pass - for standard input.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Output file, for one input; - for standard output.", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(name: [.customShort("c"), .customLong("stdout")], help: "Write to standard output.")
  var toStandardOutput = false

  @Option(
    name: .customLong("output-dir"),
    help: ArgumentHelp("Directory for outputs; created if missing.", valueName: "dir"),
    completion: .directory)
  var outputDirectory: String?

  @Flag(name: [.customShort("r"), .long], help: "Process all files in directories and their subdirectories.")
  var recursive = false

  @Flag(name: .shortAndLong, help: "Overwrite files and write to terminals.")
  var force = false

  @Flag(name: .shortAndLong, help: "Keep the input (default).")
  var keep = false

  @Flag(name: .customLong("rm"), help: "Remove the input once its output is complete.")
  var removesInput = false

  func validate() throws {
    if output != nil, toStandardOutput { throw ValidationError("-o and -c exclude each other.") }
    if outputDirectory != nil, output != nil || toStandardOutput {
      throw ValidationError("--output-dir excludes -o and -c.")
    }
    if recursive, output != nil { throw ValidationError("-r and -o exclude each other; pass --output-dir.") }
    if keep, removesInput { throw ValidationError("--keep and --rm exclude each other.") }
  }

  /// The inputs; standard input if none is named.
  var inputs: [InputFile] { files.isEmpty ? [InputFile("-")] : files.map(InputFile.init) }

  /// The inputs, with directories expanded if -r is given.
  ///
  /// - Parameter selection: which files of a directory to include.
  func inputs(_ selection: FileSelection) throws(CommandError) -> [InputFile] {
    var all: [InputFile] = []
    for input in inputs {
      guard recursive, !input.isStandardInput, FileStatus(ofPath: input.path)?.isDirectory == true else {
        all.append(input)
        continue
      }
      let found = try DirectoryContent.files(below: input.path, selection)
      guard !found.isEmpty else { throw .noFiles(directory: input.path, wanted: selection.text) }
      all += found.map { path in
        // As in zstd, paths are mirrored below the output directory, without parts that lead out of it.
        let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
        return InputFile(path, mirroredPath: parts.joined(separator: "/"))
      }
    }
    return all
  }

  /// Whether any output goes to standard output.
  var usesStandardOutput: Bool {
    toStandardOutput || output == "-" || (output == nil && inputs.contains { $0.isStandardInput })
  }

  /// Refuses to mix data and JSON on standard output, and several outputs in one file.
  ///
  /// - Parameter appends: whether the file named by -o accepts several outputs.
  func validate(json: Bool, appends: Bool = false) throws {
    if appends, output == nil || output == "-" {
      throw ValidationError("--append needs a file named by -o.")
    }
    if output != nil, files.count > 1, !appends {
      throw ValidationError(
        "-o takes one FILE; omit it for one output per FILE, or pass -c to join all.")
    }
    if json, usesStandardOutput {
      throw ValidationError("--json and data cannot share standard output; name an output with -o.")
    }
  }

  /// The target for the output of `input`; `name` derives its name from the input's.
  ///
  /// - Parameters:
  ///   - content: the content of the output.
  ///   - roles: the inputs and outputs of the command.
  func target(
    of input: InputFile, holds content: OutputSuffix.Content, _ roles: FileRoles,
    name: (String) throws(CommandError) -> String
  ) throws(CommandError) -> OutputTarget {
    let target = try target(of: input, name: name)
    try roles.write(target)
    if let output, case .file = target { try OutputSuffix.check(output, holds: content) }
    return target
  }

  private func target(
    of input: InputFile, name: (String) throws(CommandError) -> String
  ) throws(CommandError) -> OutputTarget {
    if toStandardOutput || output == "-" { return .standardOutput }
    if let output { return .file(output, overwrite: force) }
    if input.isStandardInput { return .standardOutput }
    if FileStatus(ofPath: input.path)?.isDirectory == true { throw .isDirectory(input.name) }
    return .file(try name(try place(of: input)), overwrite: force)
  }

  /// The path to derive the output name from: the input's, or one below the output directory.
  private func place(of input: InputFile) throws(CommandError) -> String {
    guard let outputDirectory else { return input.path }
    let own = input.mirroredPath ?? input.path.split(separator: "/").last.map(String.init) ?? input.path
    let path = outputDirectory.hasSuffix("/") ? outputDirectory + own : "\(outputDirectory)/\(own)"
    if let slash = path.lastIndex(of: "/") { try Terminal.makeDirectory(String(path[..<slash])) }
    return path
  }

  /// Removes `input` if --rm is given, it is the file that was read, whole and unchanged, and its content is in
  /// a file on disk. Otherwise throws and keeps it.
  ///
  /// - Parameters:
  ///   - source: the opened input.
  ///   - output: the destination of its content.
  ///   - isPart: whether only a part of it was processed.
  func clearAway(
    _ input: InputFile, _ source: FileSource, after output: (any ByteSink)?, isPart: Bool = false
  ) throws(CommandError) {
    guard removesInput else { return }
    if isPart { throw .inputKept(name: input.name, reason: "only some of its samples were decoded") }
    let file = output as? OutputFile
    guard file?.canPatch == true || output is AppendingFile else {
      throw .inputKept(name: input.name, reason: "its output is not a regular file")
    }
    do throws(ByteIOError) {
      try file?.synchronizeName()
    } catch {
      throw .inputKept(name: input.name, reason: "its output may not be on disk yet: \(error.problem)")
    }
    do throws(RemovalProblem) {
      try source.removeFile()
    } catch {
      throw .inputKept(name: input.name, reason: "\(error)")
    }
  }
}
