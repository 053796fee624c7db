import ArgumentParser
import ByteIO
import Records
import VAECodec

/// `vaec encode`: encodes samples into streams.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Encode samples into .vaec streams.",
    discussion: """
      Each FILE becomes FILE.vaec. Without FILE, encode reads standard input and writes standard output. A \
      stream identifies its model and records the format of the input.

      The default quality is 60. --psnr, --bits and --size choose the quality for you. The finished stream is \
      measured and meets the target, or none is written. In a pipe of several chunks, the first chunk decides.

      --max-error and --lossless hold for every value. The stream stores corrections to what the model \
      predicts, and each chunk is decoded and checked before it is written.

      EXAMPLES
        vaec encode -m model.vae new.npy
        vaec encode -m model.vae -q 30 --rm *.csv
        vaec encode -m model.vae --psnr 40 new.npy
        vaec encode -m model.vae --size 100kB new.npy
        vaec encode -m model.vae --max-error 0.1% new.npy
        vaec encode -m model.vae --lossless new.npy
        vaec encode -m model.vae --chunk 1000 new.npy
        vaec encode -m model.vae --append tuesday.npy -o week.vaec
        cat new.npy | vaec encode -m model.vae > new.vaec
      """)

  @OptionGroup var model: ModelOption

  @OptionGroup var target: TargetOptions

  @OptionGroup var effort: EffortOption

  @OptionGroup var measure: MeasureOption

  @Option(
    help: ArgumentHelp(
      "Samples in a chunk. Fewer mean less loss to damage, faster access to parts, and a larger stream.",
      valueName: "rows"),
    transform: parseChunkRows)
  var chunk: Int?

  @Flag(help: "Make chunks as large as memory allows: fewer bytes, slower access to parts.")
  var solid = false

  @Flag(help: "Store the model in the file, so that it decodes alone.")
  var withModel = false

  @Flag(help: "Append all samples to the file named by -o, or none if there is an error.")
  var append = false

  @OptionGroup var files: FileOptions
  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "DATA OPTIONS") var columns: ColumnOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    try files.validate(json: general.json, appends: append)
    guard chunk == nil || !solid else { throw ValidationError("--chunk and --solid exclude each other.") }
    try InputFile.refuseTerminal(files.inputs)
  }

  func run() throws {
    if files.usesStandardOutput, Terminal.isOutput, !files.force {
      throw CommandError.outputIsTerminal("streams")
    }
    let codec = try general.codec(memory: limits.memory)
    let model = try model.read(memory: limits.memory)
    var options = EncodeOptions(
      target: target.target, errorBound: target.errorBound, chunkRows: chunk, effort: effort.effort,
      carriesModel: withModel)
    options.measuresDistortion = !measure.noMeasure
    options.isSolid = solid
    if append { return try appendAll(codec, model, options) }
    let inputs = try inputs()
    let roles = FileRoles(reading: [self.model.model] + inputs.map(\.path))
    try FileResults(general).collect(inputs) { input in
      let output = try target(of: input, roles)
      let source = try input.open()
      let sink = try withFileContext(output.name) { () throws(ByteIOError) in
        try output.open(Provenance(copying: source), isDurable: files.removesInput)
      }
      let (report, comparison) = try encode(input, source, codec, model, options, to: sink)
      try codec.readBack(sink, name: output.name, samples: report.samples)
      try withFileContext(output.name) { () throws(ByteIOError) in try sink.finish() }
      try files.clearAway(input, source, after: sink)
      return Transfer(report, from: input, to: output, comparison, excess: model.notableExcess(of: report))
    }
  }

  /// The files to encode.
  private func inputs() throws(CommandError) -> [InputFile] {
    try files.inputs(.samples(raw: reading.dtype != nil))
  }

  private func target(of input: InputFile, _ roles: FileRoles) throws(CommandError) -> OutputTarget {
    try files.target(of: input, holds: .stream, roles) { (path) throws(CommandError) in
      OutputName.stream(for: path)
    }
  }

  /// - Parameter after: the samples that these must match.
  private func encode(
    _ input: InputFile, _ source: FileSource, _ codec: Codec, _ model: FittedModel, _ options: EncodeOptions,
    to sink: any ByteSink, after: AppendedSamples? = nil
  ) throws -> (EncodeReport, ContentComparison?) {
    let notes = ReadingNotes()
    // Windows and tiles keep no text.
    var readOptions = reading.readOptions(
      memory: limits.memory, notes: notes, keepsText: model.layout == nil, columns: columns.roles(of: model))
    readOptions.shape = readOptions.shape ?? model.shapeOfRaw(readOptions)
    var comparison: ContentComparison?
    var spooled: OpenedSamples?
    if options.errorBound == .lossless, columns.columns == nil {
      let compared = try input.comparison(source, readOptions)
      comparison = compared.0
      spooled = try compared.reopen.map { (reopen) throws(CodecError) in
        OpenedSamples(reader: try reopen(), reopen: reopen, size: compared.fileBytes)
      }
      try comparison?.tell(general.console, name: input.name, removesInput: files.removesInput)
    }
    let samples = try spooled ?? opened(input, source, readOptions, model)
    try after?.accepts(samples.reader.description, name: input.name)
    var report = try CodingDisplay.watching(
      "encode", codec, general.console, isPiped: files.usesStandardOutput, tellsChoices: true
    ) {
      try $0.encode(
        samples.reader, name: input.name, model: model, options: options, to: sink, reopen: samples.reopen)
    }
    report.fileBytes = samples.fileBytes
    general.console.tell(notes)
    return (report, comparison)
  }

  /// Opens samples. An array of unknown length to be cut must be read twice, and is spooled if it comes through a pipe.
  private func opened(
    _ input: InputFile, _ source: FileSource, _ options: ReadOptions, _ model: FittedModel
  ) throws(CodecError) -> OpenedSamples {
    guard model.layout != nil else { return try input.rereadable(source, options) }
    let repeatable = try input.repeatable(source, options)
    return OpenedSamples(
      reader: try repeatable.open(), reopen: repeatable.open, size: repeatable.fileBytes)
  }

  /// Appends all inputs to the file named by -o. On an error the file is left as it was.
  private func appendAll(_ codec: Codec, _ model: FittedModel, _ options: EncodeOptions) throws {
    let path = files.output ?? ""
    let inputs = try inputs()
    try FileRoles(reading: [self.model.model] + inputs.map(\.path)).write(.file(path, overwrite: true))
    try OutputSuffix.check(path, holds: .stream)
    let file = try withFileContext(path) { () throws(ByteIOError) in try AppendingFile(path: path) }
    let before = try AppendedSamples(after: file.store(), name: path, model: model)
    var (added, samples) = ([(input: InputFile, source: FileSource)](), 0)
    try Interruption.ending(by: file.undoing.undo) {
      try FileResults(general).collect(inputs, isJoint: true) { input in
        let source = try input.open()
        let (report, comparison) = try encode(input, source, codec, model, options, to: file, after: before)
        added.append((input, source))
        samples += report.samples
        return Transfer(
          report, from: input, to: .file(path, overwrite: false), comparison,
          excess: model.notableExcess(of: report))
      } afterwards: {
        try codec.readBack(file, name: path, samples: samples)
        try withFileContext(path) { () throws(ByteIOError) in
          try file.finish(
            provenance: .derived(from: added.compactMap(\.source.opened)), isDurable: files.removesInput)
        }
      }
    }
    try FileResults(general).clearAway(added, files, after: file)
  }
}

private func parseChunkRows(_ text: String) throws -> Int {
  guard let rows = Int(text), EncodeOptions.possibleChunkRows.contains(rows) else {
    throw ValidationError("give a number from 1 to \(EncodeOptions.possibleChunkRows.upperBound).")
  }
  return rows
}
