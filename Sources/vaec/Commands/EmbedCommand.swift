import ArgumentParser
import Records
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

  @Argument(
    help: ArgumentHelp("A file of samples, or of latents; none or - for standard input.", valueName: "data"),
    completion: .file())
  var data = "-"

  @OptionGroup var output: ArrayOutputOptions
  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    try InputFile.refuseTerminal([InputFile(data)])
    if let latents, latents < 1 { throw ValidationError("--latents takes a number from 1 on.") }
    if latents != nil, inverse { throw ValidationError("--latents and --inverse exclude each other.") }
    try output.validate(json: general.json)
  }

  func run() throws {
    try output.check(reading: [model.model, data])
    let codec = try general.codec(memory: limits.memory)
    let files = [model.status]
    let model = try model.read(memory: limits.memory)
    let input = InputFile(data)
    let notes = ReadingNotes()
    let source = try input.open()
    let reader = try input.reader(of: source, reading.readOptions(memory: limits.memory, notes: notes))
    let report = try output.writing(input.name, of: files + [source.opened]) {
      (makeWriter) throws(CodecError) in
      inverse
        ? try codec.invert(reader, name: input.name, model: model, makeWriter: makeWriter)
        : try codec.embed(reader, name: input.name, model: model, latents: latents, makeWriter: makeWriter)
    }
    general.console.tell(notes)
    let target = output.target
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
    general.console.missing(report.missingValues, input.name)
  }
}
