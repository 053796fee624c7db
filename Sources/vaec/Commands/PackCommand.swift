import ArgumentParser
import ByteIO
import Records
import VAECodec

/// `vaec pack`: compresses a file with or without its own model.
struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Compress samples into one file that decodes alone.",
    discussion: """
      Each FILE becomes FILE.vaec. Coding is lossless unless --max-error, --psnr, --bits, --size or -q is \
      given. pack fits a model that makes model and codes smallest together, and stores it in the file if that \
      pays. Otherwise it codes the samples without a model, or packs them with zstd if that is smaller. It \
      reports which, and what it guarantees of the values. vaec decode needs no -m for such files.

      EXAMPLES
        vaec pack frames.npy
        vaec pack frames.npy --max-error 0.1%
        vaec pack frames.npy --max-error 0.1% --no-model
        vaec pack frames.npy --psnr 40 -o small.vaec && vaec decode small.vaec -o frames2.npy
      """)

  @OptionGroup var target: TargetOptions
  @OptionGroup var effort: EffortOption
  @OptionGroup var measure: MeasureOption

  @Flag(help: "Make chunks as large as memory allows: fewer bytes, slower access to parts.")
  var solid = false

  @Flag(help: "Fit no model: faster, and larger where a model would pay.")
  var noModel = false

  @OptionGroup var files: FileOptions
  @OptionGroup(title: "MODEL OPTIONS") var fitting: FittingOptions
  @OptionGroup(title: "LAYOUT OPTIONS") var layout: LayoutOptions
  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "DATA OPTIONS") var columns: ColumnOptions
  @OptionGroup(title: "DATA OPTIONS") var exact: ExactOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    try files.validate(json: general.json)
    if noModel, target.quality != nil {
      throw ValidationError("--quality is that of a model; with --no-model, pass --psnr or --max-error.")
    }
    try InputFile.refuseTerminal(files.inputs)
    try layout.validate(exact)
  }

  func run() throws {
    if files.usesStandardOutput, Terminal.isOutput, !files.force {
      throw CommandError.outputIsTerminal("streams")
    }
    let codec = try general.codec()
    var options = EncodeOptions(
      target: target.target, errorBound: target.isEmpty ? .lossless : target.errorBound, effort: effort.effort
    )
    options.measuresDistortion = !measure.noMeasure
    options.isSolid = solid
    let console = general.console
    let inputs = try files.inputs(.samples(raw: reading.dtype != nil))
    let roles = FileRoles(reading: inputs.map(\.path))
    try FileResults(general).collect(inputs) { input in
      let output = try files.target(of: input, holds: .stream, roles) { (path) throws(CommandError) in
        OutputName.stream(for: path)
      }
      let source = try input.open()
      let notes = ReadingNotes()
      // Windows and tiles keep no text.
      let readOptions = layout.reading(
        reading.readOptions(
          memory: fitting.readingMemory, notes: notes, keepsText: layout.rule == nil,
          columns: exact.roles(columns)))
      var spooled: (open: () throws(CodecError) -> any SampleReader, fileBytes: Int)?
      var comparison: ContentComparison?
      if options.errorBound == .lossless {
        let compared = try input.comparison(source, readOptions)
        comparison = compared.0
        spooled = compared.reopen.map { ($0, compared.fileBytes) }
        try comparison?.tell(console, name: input.name, removesInput: files.removesInput)
      }
      let samples = try spooled ?? input.repeatable(source, readOptions)
      let sink = try withFileContext(output.name) { () throws(ByteIOError) in
        try output.open(Provenance(copying: source), isDurable: files.removesInput)
      }
      let message = "finishing the epoch, then encoding; press again to stop now"
      var report = try FitProgressDisplay.watching(
        console, countsEpochs: fitting.time == nil, message: message
      ) { progress in
        try CodingDisplay.watching("pack", codec, console, isPiped: files.usesStandardOutput) {
          try $0.pack(
            name: input.name, fitOptions: noModel ? nil : fitting.options, memory: fitting.memory,
            options: options,
            layout: layout.rule.map { .rule($0) } ?? (layout.layout == .rows ? .rows : .automatic), to: sink,
            open: samples.open, progress: progress)
        }
      }
      try codec.readBack(sink, name: output.name, samples: report.encode.samples)
      report.encode.fileBytes = samples.fileBytes
      try withFileContext(output.name) { () throws(ByteIOError) in try sink.finish() }
      try files.clearAway(input, source, after: sink)
      console.tell(notes)
      return Packing(report, from: input, to: output, comparison)
    }
  }
}
