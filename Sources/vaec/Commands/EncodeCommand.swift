import ArgumentParser
import ByteIO
import VAECodec

/// `vaec encode`: samples become streams.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Encode samples into .vaec streams.",
    discussion: """
      Each FILE becomes FILE.vaec. Without FILE, samples come from standard input and the stream goes to standard \
      output. A stream names its model, and holds what is needed to give back the input's format.

      EXAMPLES
        vaec encode -m model.vae new.npy
        vaec encode -m model.vae -q 30 --rm *.csv
        cat new.npy | vaec encode -m model.vae > new.vaec
      """)

  @OptionGroup var model: ModelOption

  @Option(
    name: [.customShort("q", allowingJoined: true), .long],
    help: ArgumentHelp("0 (a sketch) to 100 (below the data's noise). (default: 60)", valueName: "0..100"),
    transform: parseQuality)
  var quality: Double = 60

  @OptionGroup var files: FileOptions
  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    try files.validate(json: general.json)
    try InputFile.refuseTerminal(files.inputs)
  }

  func run() throws {
    if files.usesStandardOutput, Terminal.isOutput, !files.force {
      throw CommandError.outputIsTerminal("streams")
    }
    let codec = try general.codec()
    let model = try model.read()
    try FileResults(general).collect(files.inputs) { input in
      let target = try files.target(of: input) { (path) throws(CommandError) in OutputName.stream(for: path) }
      let reader = try input.reader(reading.readOptions)
      let sink = try naming(target.name) { () throws(ByteIOError) in try target.open() }
      let options = EncodeOptions(quality: quality)
      let report = try codec.encode(
        reader, name: input.name, model: model, options: options, to: sink)
      try naming(target.name) { () throws(ByteIOError) in try sink.finish() }
      try files.clearAway(input, after: target)
      return Transfer(report, quality: quality, from: input, to: target)
    }
  }
}
