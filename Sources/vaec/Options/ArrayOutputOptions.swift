import ArgumentParser
import ByteIO
import Records
import VAECodec

/// Options for writing one array.
struct ArrayOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Output format, as for decode. (default: npy; csv for rows of a table)", valueName: "format"),
    completion: .list(FormatName.allCases.map(\.rawValue)),
    transform: parseFormat)
  var to: FormatName?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Output file. (default: standard output)", valueName: "file"),
    completion: .file())
  var output: String?

  @OptionGroup var clipping: ClipOption

  @Flag(name: .shortAndLong, help: "Overwrite files and write to terminals.")
  var force = false

  /// Refuses to mix data and JSON on standard output.
  func validate(json: Bool) throws {
    if json, output == nil || output == "-" {
      throw ValidationError("--json and data cannot share standard output; name an output with -o.")
    }
  }

  /// The destination of the array.
  var target: OutputTarget {
    output.flatMap { $0 == "-" ? nil : $0 }.map { .file($0, overwrite: force) } ?? .standardOutput
  }

  /// Checks before the work that the output can be written.
  ///
  /// - Parameter paths: the inputs of the command.
  func check(reading paths: [String]) throws(CommandError) {
    try FileRoles(reading: paths).write(target)
    if case .file(let path, _) = target { try OutputSuffix.check(path, holds: .samples) }
  }

  /// Writes the array with `body` and completes the output.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - files: the inputs; the output gets no more permissions than they have.
  func writing<Report>(
    _ name: String, of files: [FileStatus?],
    _ body: ((SampleDescription) throws(CodecError) -> any SampleWriter) throws(CodecError) -> Report
  ) throws -> Report {
    let written = DecodedOutput(
      target, format: to ?? output.flatMap(OutputName.format), writesToTerminal: force,
      clips: clipping.clip, isJoined: false, .derived(from: files.compactMap { $0 }))
    let report: Report
    do throws(CodecError) {
      report = try body { (description) throws(CodecError) in try written.writer(for: description, name: name)
      }
    } catch {
      throw written.takeRefusal() ?? error
    }
    try written.finish()
    return report
  }
}
