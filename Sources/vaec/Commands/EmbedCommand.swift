import ArgumentParser
import Records
import VAECodec

/// `vaec embed`: maps samples to latents and back.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Map samples to latents, a few numbers each, and back.",
    discussion: """
      Writes a float32 array of samples x latents, strongest latent first, for plotting, clustering, \
      classification and search. The latents of a row do not depend on other rows. --inverse reads latents and \
      writes the samples they describe.

      EXAMPLES
        vaec embed -m model.vae new.npy -o latents.npy
        vaec embed -m model.vae new.npy --latents 2 --to csv > plot.csv
        vaec embed -m model.vae --inverse latents.npy -o samples.npy
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Write only the k strongest latents. (default: all)", valueName: "k"))
  var latents: Int?

  @Flag(help: "Map latents to samples.")
  var inverse = false

  @Argument(
    help: ArgumentHelp("File of samples or latents; omit or pass - for standard input.", valueName: "data"),
    completion: .file())
  var data = "-"

  @OptionGroup var output: ArrayOutputOptions
  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "DATA OPTIONS") var columns: ColumnOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    try InputFile.refuseTerminal([InputFile(data)])
    if let latents, latents < 1 { throw ValidationError("--latents takes a number of at least 1.") }
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
    var readOptions = reading.readOptions(
      memory: limits.memory, notes: notes, columns: columns.roles(of: model))
    if !inverse { readOptions.shape = readOptions.shape ?? model.shapeOfRaw(readOptions) }
    let reader = try input.reader(
      of: source,
      readOptions)
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
