import ArgumentParser
import ByteIO
import Records
import VAECodec

/// `vaec check`: compares samples with those that a model's fit held out.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check whether a model still fits data, and find strange rows.",
    discussion: """
      Compares what the rows of DATA cost with what the rows that the fit held out cost. A row's cost is its bits at \
      quality 50 plus the price of its error. The verdict is "fits", "drifting" or "other data".

      EXAMPLES
        vaec check -m model.vae new.npy
        vaec check -m model.vae new.csv --top 10
        vaec check -m model.vae new.csv --rows scores.csv
        vaec check -m model.vae new.npy --fail-on-drift || vaec fit new.npy -o model.vae
      """)

  @OptionGroup var model: ModelOption

  @Argument(
    help: ArgumentHelp("File of samples; omit or pass - for standard input.", valueName: "data"),
    completion: .file())
  var data = "-"

  @Option(
    help: ArgumentHelp(
      "Also write the score, bits, p-value and error of every row; - writes them to standard output instead of the result.",
      valueName: "out.csv"),
    completion: .file(extensions: ["csv"]))
  var rows: String?

  @Option(help: ArgumentHelp("List the k strangest rows.", valueName: "k"))
  var top = 0

  @Flag(help: "Exit with status 3 unless the model fits.")
  var failOnDrift = false

  @Flag(name: .shortAndLong, help: "Overwrite the file of rows.")
  var force = false

  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "DATA OPTIONS") var columns: ColumnOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  /// The exit status if the model does not fit.
  private static let driftCode: Int32 = 3

  func validate() throws {
    guard top >= 0 else { throw ValidationError("--top takes a number of at least 0.") }
    if general.json, rows == "-" {
      throw ValidationError("--json and the rows cannot share standard output; name a file with --rows.")
    }
    try InputFile.refuseTerminal([InputFile(data)])
  }

  private var target: OutputTarget? {
    rows.map { $0 == "-" ? .standardOutput : .file($0, overwrite: force) }
  }

  func run() throws {
    let codec = try general.codec(memory: limits.memory)
    if let target {
      try FileRoles(reading: [model.model, data]).write(target)
      if case .file(let path, _) = target { try OutputSuffix.check(path, holds: .table) }
      try target.check()
    }
    let (modelName, modelFile) = (model.model, model.status)
    let model = try model.read(memory: limits.memory)
    let input = InputFile(data)
    let notes = ReadingNotes()
    let source = try input.open()
    var readOptions = reading.readOptions(
      memory: limits.memory, notes: notes, columns: columns.roles(of: model))
    readOptions.shape = readOptions.shape ?? model.shapeOfRaw(readOptions)
    let reader = try input.reader(of: source, readOptions)
    let report = try codec.check(reader, name: input.name, model: model, modelName: modelName)
    let console = general.console
    console.tell(notes)
    let result = CheckResult(report, top: top)
    if let target {
      try withFileContext(target.name) { () throws(ByteIOError) in
        let output = try target.open(.derived(from: [modelFile, source.opened].compactMap { $0 }))
        try result.writeRows(to: output)
        try output.finish()
      }
    }
    if general.json {
      try console.result(result.json(file: input.name, fingerprint: model.fingerprint))
    } else if rows != "-" {
      try console.result(result.lines(name: input.name))
    }
    if failOnDrift, report.verdict != .fits { throw ExitCode(Self.driftCode) }
  }
}
