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

  @OptionGroup var output: ArrayOutputOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    guard (1...1_000_000_000).contains(number) else {
      throw ValidationError("-n takes a number from 1 to 1000000000.")
    }
    try output.validate(json: general.json)
  }

  func run() throws {
    let codec = try general.codec(memory: limits.memory)
    let fitted = try model.read(memory: limits.memory)
    let name = model.model
    _ = try output.writing(name) { (makeWriter) throws(CodecError) in
      try codec.sample(
        number, from: fitted, name: name, quality: quality ?? 60, seed: seed, makeWriter: makeWriter)
    }
    let target = output.target
    if general.json {
      try general.console.result(
        .object([("output", .string(target.name)), ("samples", .integer(number))]))
    } else {
      general.console.note("\(name): \(counted(number, "new sample")), to \(target.name)")
    }
  }
}
