import ArgumentParser
import ByteIO
import Records
import VAECodec

/// Where one array is written, and how.
struct ArrayOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Output format, as for decode. (default: npy)", valueName: "format"),
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

  /// Where the array goes.
  var target: OutputTarget {
    output.flatMap { $0 == "-" ? nil : $0 }.map { .file($0, overwrite: force) } ?? .standardOutput
  }

  /// Finds out before the work whether the output may be written.
  ///
  /// - Parameter paths: the files that the command reads.
  func check(reading paths: [String]) throws(CommandError) {
    try FileRoles(reading: paths).write(target)
    if case .file(let path, _) = target { try OutputSuffix.check(path, holds: .samples) }
  }

  /// Lets `body` write the array, and completes the output.
  ///
  /// - Parameters:
  ///   - name: what the array is made of, in messages.
  ///   - files: what it is made of: it gets no more permissions than these have.
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
