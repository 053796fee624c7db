import ArgumentParser
import SampleIO
import VAECodec

/// `vaec embed`: samples become latents, and latents samples.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Map samples to few numbers each, the latents, and back.",
    discussion: """
      Writes an array of float32 numbers, samples x latents, the strongest latent first: for plots, clusters, \
      classifiers and searches. A row's latents do not depend on the rows beside it. --inverse takes latents and \
      writes the samples that they stand for.

      EXAMPLES
        vaec embed -m model.vae new.npy -o latents.npy
        vaec embed -m model.vae new.npy --latents 2 --to csv > plot.csv
        vaec embed -m model.vae --inverse latents.npy -o samples.npy
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Only so many latents, the strongest. (default: all)", valueName: "k"))
  var latents: Int?

  @Flag(help: "Map latents to samples.")
  var inverse = false

  @Option(
    help: ArgumentHelp("The format to write: npy, csv or raw. (default: npy)", valueName: "format"),
    transform: parseFormat)
  var to: FormatName?

  @Argument(
    help: ArgumentHelp("A file of samples, or of latents; none or - for standard input.", valueName: "data"),
    completion: .file())
  var data = "-"

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write; standard output without it.", valueName: "file"))
  var output: String?

  @Flag(name: .shortAndLong, help: "Overwrite files, and write to terminals.")
  var force = false

  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    try InputFile.refuseTerminal([InputFile(data)])
    if let latents, latents < 1 { throw ValidationError("--latents takes a number from 1 on.") }
    if latents != nil, inverse { throw ValidationError("--latents and --inverse exclude each other.") }
    if general.json, output == nil || output == "-" {
      throw ValidationError("--json prints to standard output, where the data go; name an output with -o.")
    }
  }

  func run() throws {
    let codec = try general.codec()
    let model = try model.read()
    let input = InputFile(data)
    let target: OutputTarget =
      output.flatMap { $0 == "-" ? nil : $0 }.map { .file($0, overwrite: force) } ?? .standardOutput
    let written = DecodedOutput(
      target, format: to ?? output.flatMap(OutputName.format), writesToTerminal: force, isJoined: false)
    let reader = try input.reader(reading.readOptions)
    let makeWriter = { (description: SampleDescription) throws(CodecError) in
      try written.writer(for: description, name: input.name)
    }
    let report: EmbedReport
    do {
      report =
        inverse
        ? try codec.invert(reader, name: input.name, model: model, makeWriter: makeWriter)
        : try codec.embed(
          reader, name: input.name, model: model, latents: latents, makeWriter: makeWriter)
    } catch {
      throw written.takeRefusal() ?? error
    }
    try written.finish()
    if general.json {
      try general.console.result(
        .object([
          ("file", .string(input.name)), ("output", .string(target.name)),
          ("samples", .integer(report.samples)),
          ("latents", .integer(report.latents)), ("missing_values", .integer(report.missingValues)),
          ("seconds", .number(report.seconds)),
        ]))
      return
    }
    let what = "\(counted(report.samples, "sample")), \(counted(report.latents, "latent")) each"
    general.console.note("\(input.name): \(what), to \(target.name)")
    if report.missingValues > 0 {
      general.console.note(
        "vaec: \(input.name): \(counted(report.missingValues, "value")) missing, taken as the mean")
    }
  }
}
