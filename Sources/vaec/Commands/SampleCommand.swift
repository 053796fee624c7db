import ArgumentParser
import SampleIO
import VAECodec

/// `vaec sample`: draws new samples.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Draw new samples from a model.",
    discussion: """
      Draws latents from the prior by which the model codes them, each by itself, and writes what the network makes of \
      them. Lower qualities know the large structure alone, and draw smoother samples.

      EXAMPLES
        vaec sample -m model.vae -n 100 -o new.npy
        vaec sample -m model.vae -n 5 -q 20 --seed 7 --to csv
      """)

  @OptionGroup var model: ModelOption

  @Option(name: [.customShort("n"), .long], help: ArgumentHelp("How many samples.", valueName: "n"))
  var number: Int

  @Option(
    name: [.customShort("q", allowingJoined: true), .long],
    help: ArgumentHelp("The quality whose prior and network are taken. (default: 60)", valueName: "0..100"),
    transform: parseQuality)
  var quality: Double?

  @Option(help: ArgumentHelp("Where random numbers start: equal seeds give equal samples.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("The format to write, as for decode. (default: npy)", valueName: "format"),
    transform: parseFormat)
  var to: FormatName?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write; standard output without it.", valueName: "file"))
  var output: String?

  @Flag(name: .shortAndLong, help: "Overwrite files, and write to terminals.")
  var force = false

  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    guard (1...1_000_000_000).contains(number) else {
      throw ValidationError("-n takes a number from 1 to 1000000000.")
    }
    if general.json, output == nil || output == "-" {
      throw ValidationError("--json prints to standard output, where the data go; name an output with -o.")
    }
  }

  func run() throws {
    let codec = try general.codec()
    let fitted = try model.read()
    let target: OutputTarget =
      output.flatMap { $0 == "-" ? nil : $0 }.map { .file($0, overwrite: force) } ?? .standardOutput
    let written = DecodedOutput(
      target, format: to ?? output.flatMap(OutputName.format), writesToTerminal: force, isJoined: false)
    let name = model.model
    do {
      _ = try codec.sample(number, from: fitted, name: name, quality: quality ?? 60, seed: seed) {
        (description) throws(CodecError) in try written.writer(for: description, name: name)
      }
    } catch {
      throw written.takeRefusal() ?? error
    }
    try written.finish()
    if general.json {
      try general.console.result(
        .object([("output", .string(target.name)), ("samples", .integer(number))]))
    } else {
      general.console.note("\(name): \(counted(number, "new sample")), to \(target.name)")
    }
  }
}
