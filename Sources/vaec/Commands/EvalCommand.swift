import ArgumentParser
import Records
import VAECodec

/// `vaec eval`: measures rate and distortion.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure rate and distortion on data.",
    discussion: """
      Encodes DATA at each quality, decodes the stream and measures the error. Rates count the bytes of \
      finished streams. The baseline is PCA with a uniform quantizer and an ideal entropy coder, measured on \
      the rows that the fit held out.

      EXAMPLES
        vaec eval -m model.vae new.npy
        vaec eval -m model.vae new.npy -q 60
        vaec eval -m model.vae new.npy --every 10 --json
        vaec eval -m model.vae new.npy --report new.html
        vaec eval -m model.vae new.npy -q 60 --samples
        vaec eval -m model.vae vectors.npy --neighbours 10
      """)

  @OptionGroup var model: ModelOption

  @Argument(
    help: ArgumentHelp("File of samples; omit or pass - for standard input.", valueName: "data"),
    completion: .file())
  var data = "-"

  @Option(
    name: [.customShort("q", allowingJoined: true), .long],
    help: ArgumentHelp("Measure only this quality.", valueName: "0..100"),
    transform: parseQuality)
  var quality: Double?

  @Option(help: ArgumentHelp("Measure every nth quality from 0 to 100. (default: 5)", valueName: "n"))
  var every: Int?

  @Option(
    defaultAsFlag: Codec.maximumComparedSamples, parsing: .next,
    help: ArgumentHelp(
      "Also compare n drawn samples with n samples of DATA. (default n: as many as half of DATA allows)",
      valueName: "n"))
  var samples: Int?

  @Option(
    defaultAsFlag: 10, parsing: .next,
    help: ArgumentHelp(
      "Also measure how many of the n nearest neighbours decoded samples keep. (default n: 10)",
      valueName: "n"))
  var neighbours: Int?

  @Option(help: ArgumentHelp("With --neighbours: what is near.", valueName: "cosine|euclid"))
  var metric: VectorMetric?

  @OptionGroup var effort: EffortOption
  @OptionGroup var report: ReportOption

  @Flag(name: .shortAndLong, help: "Overwrite the report.")
  var force = false

  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "DATA OPTIONS") var columns: ColumnOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    if quality != nil, every != nil { throw ValidationError("--quality and --every exclude each other.") }
    if let every, !(1...100).contains(every) {
      throw ValidationError("--every takes a number from 1 to 100.")
    }
    if let samples, !(2...Codec.maximumComparedSamples).contains(samples) {
      throw ValidationError("--samples takes a number from 2 to \(Codec.maximumComparedSamples).")
    }
    if let neighbours, !(1...1000).contains(neighbours) {
      throw ValidationError("--neighbours takes a number from 1 to 1000.")
    }
    if metric != nil, neighbours == nil {
      throw ValidationError("--metric is for --neighbours; pass that too.")
    }
    try InputFile.refuseTerminal([InputFile(data)])
    try report.validate(json: general.json)
  }

  private var qualities: [Double] {
    quality.map { [$0] } ?? Array(stride(from: 0, through: 100, by: Double(every ?? 5)))
  }

  func run() throws {
    let codec = try general.codec(memory: limits.memory)
    try report.check(overwrite: force, FileRoles(reading: [data, model.model]))
    let (modelName, modelFile) = (model.model, model.status)
    let model = try model.read(memory: limits.memory)
    let input = InputFile(data)
    let notes = ReadingNotes()
    let source = try input.open()
    var readOptions = reading.readOptions(
      memory: limits.memory, notes: notes, columns: columns.roles(of: model))
    readOptions.shape = readOptions.shape ?? model.shapeOfRaw(readOptions)
    let opened = try input.rereadable(
      source,
      readOptions)
    let console = general.console
    let qualities = qualities
    var display = CountDisplay("eval", "qualities", of: qualities.count, console)
    let evaluation = try codec.evaluate(
      opened.reader, name: input.name, model: model, qualities: qualities, effort: effort.effort,
      keepsRows: report.report != nil, newSamples: samples,
      neighbours: neighbours.map { ($0, metric ?? .cosine) },
      file: ReadFile(bytes: { opened.fileBytes })
    ) { done in display.show(done) }
    display.finish()
    console.tell(notes)
    try report.write(
      evaluation, of: .data(input.name), model: model.summary, modelName: modelName, overwrite: force,
      .derived(from: [modelFile, source.opened].compactMap { $0 }), console)
    let result = EvaluationResult(evaluation, neighbours: neighbours)
    if report.usesStandardOutput { return }
    if general.json {
      try console.result(result.json)
    } else {
      try console.result(result.lines(name: input.name))
    }
  }
}

extension VectorMetric: ExpressibleByArgument {}
