import ArgumentParser
import ByteIO
import SampleIO
import VAECodec

/// `vaec decode`: streams become samples again.
struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Decode .vaec streams into samples.",
    discussion: """
      Each FILE.vaec becomes FILE. Without FILE, the stream comes from standard input and the samples go to standard \
      output. They have the format, type, shape and column names of the input that was encoded, unless --to or the \
      suffix of -o says otherwise. An output called .gz or .zst is compressed.

      --rows reads no more of a file than it needs. --keep-going gives back what is left of damaged files.

      EXAMPLES
        vaec decode -m model.vae new.npy.vaec
        vaec decode -m model.vae new.npy.vaec -o new.csv.gz
        vaec decode -m model.vae < new.vaec | head -c 80
        vaec decode -m model.vae new.npy.vaec --rows 100:200 -o some.npy
        vaec decode -m model.vae new.npy.vaec --rows=-5: -o last.npy
        vaec decode -m model.vae damaged.npy.vaec --keep-going
      """)

  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp(
      "The model that the stream was made with; a file that carries it needs none.", valueName: "model.vae"),
    completion: .file(extensions: ["vae"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The format to write: npy, idx, csv, raw, fvecs, bvecs or ivecs.", valueName: "format"),
    completion: .list(FormatName.allCases.map(\.rawValue)), transform: parseFormat)
  var to: FormatName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The samples to decode, as Python's slices: 100:200, :10, -5:, or 7 for one.", valueName: "a:b"),
    transform: parseRows)
  var rows = RowSlice.all

  @Flag(help: "Decode what is left of damaged streams: lost samples are NaN, or 0 in integers.")
  var keepGoing = false

  @OptionGroup var files: FileOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    try files.validate(json: general.json)
    try InputFile.refuseTerminal(files.inputs)
  }

  /// The format to write; nil for that of the samples.
  private var format: FormatName? { to ?? files.output.flatMap(OutputName.format) }

  func run() throws {
    let codec = try general.codec(memory: limits.memory)
    let model = try model.map { (path) throws(CodecError) in try readModel(path, memory: limits.memory) }
    let joined =
      files.toStandardOutput && files.inputs.count > 1 ? output(.standardOutput, isJoined: true) : nil
    try FileResults(general).collect(files.inputs) { input in
      let target = try files.target(of: input) { (path) throws(CommandError) in
        try OutputName.samples(for: path, format: to)
      }
      let output = joined ?? output(target, isJoined: false)
      let report: DecodeReport
      do {
        report = try decode(input, codec, model) { (description) throws(CodecError) in
          try output.writer(for: description, name: input.name)
        }
      } catch {
        throw output.takeRefusal() ?? error
      }
      if joined == nil { try output.finish() }
      if report.damage.isEmpty { try files.clearAway(input, after: target) }
      return Transfer(report, from: input, to: target)
    } afterwards: {
      try joined?.finish()
    }
  }

  private func decode(
    _ input: InputFile, _ codec: Codec, _ model: FittedModel?,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> DecodeReport {
    let source = try input.open()
    guard keepGoing || rows != .all else {
      return try codec.decode(source, name: input.name, model: model, makeWriter: makeWriter)
    }
    let store = try naming(input.name) { () throws(ByteIOError) in try source.store() }
    return try codec.decode(
      store, name: input.name, model: model, rows: rows, keepsGoing: keepGoing, makeWriter: makeWriter)
  }

  private func output(_ target: OutputTarget, isJoined: Bool) -> DecodedOutput {
    DecodedOutput(target, format: format, writesToTerminal: files.force, isJoined: isJoined)
  }
}

private func parseRows(_ text: String) throws -> RowSlice {
  if let slice = RowSlice(text) { return slice }
  throw ValidationError("rows are A:B, as in 100:200, :10 or -5:, or the number of one.")
}
