import ArgumentParser
import ByteIO
import Records
import VAECodec

/// `vaec fit`: learns a model from samples.
struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit a model to samples.",
    discussion: """
      Learns from all rows of DATA and writes MODEL.vae. All files must have samples of one shape. Some rows \
      are held out for choosing and reporting. Ctrl-C stops early, saves the model and exits with status 130.

      EXAMPLES
        vaec fit images.npy -o images.vae
        vaec fit day1.csv day2.csv.gz -o sensors.vae --time 5m
        vaec fit big.npy -o big.vae --checkpoint big.fit
        vaec fit big.npy -o big.vae --resume big.fit
        cat frames.raw | vaec fit --dtype f4 --shape 64x64 -o frames.vae
      """)

  @Argument(
    help: ArgumentHelp("Files of samples; omit or pass - for standard input.", valueName: "data"),
    completion: .file())
  var data: [String] = []

  @Option(
    name: .shortAndLong, help: ArgumentHelp("File to write the model to.", valueName: "model.vae"),
    completion: .file(extensions: ["vae"]))
  var output: String

  @Flag(name: .shortAndLong, help: "Overwrite the model and the report.")
  var force = false

  @OptionGroup var report: ReportOption

  @OptionGroup(title: "MODEL OPTIONS") var fitting: FittingOptions
  @OptionGroup(title: "LAYOUT OPTIONS") var layout: LayoutOptions
  @OptionGroup(title: "MODEL OPTIONS") var objective: ObjectiveOptions
  @OptionGroup(title: "CHECKPOINT OPTIONS") var checkpoints: CheckpointOptions
  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "DATA OPTIONS") var columns: ColumnOptions
  @OptionGroup(title: "DATA OPTIONS") var exact: ExactOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    if output == "-" { throw ValidationError("-o needs a file name for the model.") }
    try checkpoints.validate(output: output)
    try InputFile.refuseTerminal(inputs)
    try report.validate(json: general.json)
    try layout.validate(exact)
  }

  private var inputs: [InputFile] { data.isEmpty ? [InputFile("-")] : data.map(InputFile.init) }

  func run() throws {
    let codec = try general.codec()
    try check()
    let sources = try inputs.map { (input) throws(CodecError) in (input: input, source: try input.open()) }
    let provenance = Provenance.derived(from: sources.compactMap(\.source.opened))
    let keeping = try checkpoints.open(provenance, general.console)
    let notes = ReadingNotes()
    var readOptions = reading.readOptions(
      memory: fitting.readingMemory, notes: notes, columns: exact.roles(columns))
    readOptions.keepsWords = layout.rule == nil
    readOptions = layout.reading(readOptions)
    var readers: [(name: String, reader: any SampleReader)] = []
    var options = fitting.options
    objective.set(in: &options)
    var rule = layout.rule
    for (place, (input, source)) in sources.enumerated() {
      let reader: any SampleReader
      if layout.layout == .auto {
        let open = try input.repeatable(source, readOptions).open
        if place == 0 {
          let choice = try codec.chooseLayout(
            of: try open(), name: input.name, options: EncodeOptions(), fitting: options)
          rule = choice.rule
          let trials = choice.trials.map { "\($0.rule?.name ?? "rows") \($0.bitsPerValue.significant(3))" }
          general.console.detail(
            "\(input.name): estimated bits per value: \(trials.joined(separator: ", "))")
        }
        reader = try open()
      } else {
        reader = try input.reader(of: source, readOptions)
        if layout.isOmitted {
          try reader.description.refuseUncut(name: input.name)
          try tellImage(input, reader.description, readOptions)
        }
      }
      readers.append((input.name, try reader.cut(by: rule, name: input.name, memory: readOptions.memory)))
    }
    let console = general.console
    let fitted = try fit(codec, readers, options, keeping)
    console.tell(notes)
    try fitted.model.write(to: output, overwrite: force, provenance: provenance)
    for warning in fitted.columns.warnings(output) { console.note(warning) }
    if report.report != nil { try writeReport(fitted, codec, provenance, console) }
    if !report.usesStandardOutput {
      let result = FitResult(fitted, path: output, choosesLayout: layout.layout == .auto)
      if general.json {
        try console.result(result.json)
      } else if !general.quiet {
        try console.result(result.lines(isVerbose: general.verbose))
      }
    }
    // The model is not the one that was asked for; a build that needs it must not go on as if it were.
    if fitted.wasStopped {
      console.note("vaec: \(output): saved as far as it had been fitted")
      throw ExitCode(Failure.interruptedCode)
    }
  }

  /// Refuses pixels that look like those of one image, and prints a note about other numbers that do.
  private func tellImage(
    _ input: InputFile, _ description: SampleDescription, _ options: ReadOptions
  ) throws {
    guard ImageGuess.isPossible(description), FileStatus(ofPath: input.path)?.isSpecial == false else {
      return
    }
    var options = options
    options.notes = nil
    guard try ImageGuess.isImage(try input.reader(of: try input.open(), options)) else { return }
    if description.isOfPixels { throw CommandError.needsLayout(name: input.name, isImage: true) }
    general.console.note(
      "vaec: \(input.name): looks like one image or field, whose rows are fitted as samples; "
        + "pass --tile 16x16 to fit its tiles, or --layout auto")
  }

  /// Checks before the work that all outputs can be written.
  private func check() throws {
    let roles = FileRoles(reading: inputs.map(\.path) + [checkpoints.resume].compactMap { $0 })
    let model = OutputTarget.file(output, overwrite: force)
    try roles.write(model)
    try OutputSuffix.check(output, holds: .model)
    try model.check()
    if let path = checkpoints.written {
      let target = OutputTarget.file(path, overwrite: force || checkpoints.overwrites)
      try roles.write(target, replacing: checkpoints.overwrites ? checkpoints.resume : nil)
      try target.check()
    }
    try report.check(overwrite: force, roles)
  }

  /// Evaluates the model on the held-out rows and writes the report.
  private func writeReport(
    _ fit: FitReport, _ codec: Codec, _ provenance: Provenance, _ console: Console
  ) throws(CodecError) {
    let evaluation = try codec.evaluate(
      fit.heldOutReader(), name: "rows held out", model: fit.model,
      qualities: Array(stride(from: 0, through: 100, by: 5)), keepsRows: true)
    try report.write(
      evaluation, of: .heldOut(of: inputs.map(\.name)), model: fit.model.summary, modelName: output,
      overwrite: force, provenance, console)
  }

  private func fit(
    _ codec: Codec, _ readers: [(name: String, reader: any SampleReader)], _ options: FitOptions,
    _ keeping: CheckpointFile?
  ) throws -> FitReport {
    let message =
      keeping == nil
      ? "finishing the epoch, then saving; press again to stop now"
      : "saving the checkpoint, then stopping; press again to stop now"
    do {
      return try FitProgressDisplay.watching(
        general.console, countsEpochs: fitting.time == nil, message: message,
        and: keeping == nil ? [] : Terminal.endingSignals.filter { $0 != Terminal.interruptSignal }
      ) { progress in
        try codec.fit(
          readers, options: options, memory: fitting.memory, checkpoints: keeping?.checkpoints,
          progress: progress)
      }
    } catch let suspension as FitProgressDisplay.Suspension {
      if let problem = keeping?.problem { throw problem }
      let path = checkpoints.written ?? ""
      general.console.note("\(path): stopped at \(suspension.percent); continue with --resume \(path)")
      Terminal.quit(bySignal: suspension.signal)
    } catch CodecError.fit(.checkpoint(let error), _) {
      throw CodecError.fit(.checkpoint(error), name: checkpoints.resume ?? "")
    }
  }
}
