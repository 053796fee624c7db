import ArgumentParser
import ByteIO
import Records
import VAECodec

/// `vaec decode`: decodes streams into samples.
struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Decode .vaec streams into samples.",
    discussion: """
      Each FILE.vaec becomes FILE. Without FILE, decode reads standard input and writes standard output. The \
      samples get the format, type, shape and column names of the original input unless --to or the suffix of \
      -o selects another format. Outputs ending in .gz or .zst are compressed.

      --rows reads only the parts of a file that it needs. --keep-going recovers what is left of damaged \
      files.

      EXAMPLES
        vaec decode -m model.vae new.npy.vaec
        vaec decode -m model.vae new.npy.vaec -o new.csv.gz
        vaec decode -m model.vae < new.vaec | head -c 80
        vaec decode -m model.vae new.npy.vaec --rows 100:200 -o some.npy
        vaec decode -m model.vae new.npy.vaec --rows=-5: -o last.npy
        vaec decode -m model.vae damaged.npy.vaec --keep-going
      """)

  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp(
      "Model the stream was made with. Not needed if the file carries its model. (default: $VAEC_MODEL)",
      valueName: "model.vae"),
    completion: .file(extensions: ["vae"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Output format: npy, npz, idx, csv, raw, fvecs, bvecs or ivecs.", valueName: "format"),
    completion: .list(FormatName.allCases.map(\.rawValue)), transform: parseFormat)
  var to: FormatName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Decode only these samples, as a Python slice (100:200, :10, -5:) or index (7, -1 for the last).",
      valueName: "a:b"),
    transform: parseRows)
  var rows = RowSlice.all

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Decode only this part of the array, as numpy slices it: 100:200,0:64.", valueName: "a:b,..."),
    transform: parseSlice)
  var slice: AxisSlices?

  @Flag(help: "Decode what is left of damaged streams; lost samples become NaN, or 0 for integers.")
  var keepGoing = false

  @OptionGroup var clipping: ClipOption

  @Option(
    help: ArgumentHelp(
      "Report the error of the decoded samples against this file, the one that was encoded.",
      valueName: "original"),
    completion: .file())
  var compare: String?

  @OptionGroup var columns: ColumnOptions
  @OptionGroup var files: FileOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "LIMITS") var work: WorkOption
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    try files.validate(json: general.json)
    try InputFile.refuseTerminal(files.inputs)
    if slice != nil {
      if rows != .all { throw ValidationError("--slice and --rows exclude each other.") }
      if keepGoing { throw ValidationError("--slice and --keep-going exclude each other.") }
      if compare != nil { throw ValidationError("--slice and --compare exclude each other.") }
      if columns.columns != nil { throw ValidationError("--slice and --columns exclude each other.") }
      if files.toStandardOutput, files.files.count > 1 {
        throw ValidationError("--slice with -c takes one FILE.")
      }
    }
    guard let compare else { return }
    if files.files.count > 1 || files.recursive { throw ValidationError("--compare takes one FILE.") }
    if rows != .all { throw ValidationError("--compare and --rows exclude each other.") }
    if columns.columns != nil { throw ValidationError("--compare and --columns exclude each other.") }
    if compare == "-", files.inputs.contains(where: \.isStandardInput) {
      throw ValidationError("only one of the stream and its original can come from standard input.")
    }
  }

  /// The output format; nil for that of the samples.
  private var format: FormatName? { to ?? files.output.flatMap(OutputName.format) }

  func run() throws {
    let codec = try general.codec(memory: limits.memory, work: work.limit)
    let model = try (model ?? Terminal.defaultModel).map { (path) throws(CodecError) in
      try readModel(path, memory: limits.memory)
    }
    let inputs = try files.inputs(.streams)
    var opened: [String: FileStore] = [:]
    var joined: DecodedOutput?
    if files.toStandardOutput, inputs.count > 1 {
      let total = try total(of: inputs, codec, &opened)
      joined = output(.standardOutput, .unknown, rows: total, isJoined: true)
    }
    let read = [self.model ?? Terminal.defaultModel, compare].compactMap { $0 }
    let roles = FileRoles(reading: read + inputs.map(\.path))
    try FileResults(general).collect(inputs) { input in
      let target = try files.target(of: input, holds: .samples, roles) { (path) throws(CommandError) in
        try OutputName.samples(for: path, format: to)
      }
      let source = try input.open()
      let originals = compare.map { OriginalSamples(InputFile($0), memory: limits.memory) }
      let output =
        joined ?? output(target, Provenance(copying: source), isJoined: false, comparing: originals)
      let store = opened.removeValue(forKey: input.path)
      let report: DecodeReport
      do {
        report = try CodingDisplay.watching(
          "decode", codec, general.console, isPiped: files.usesStandardOutput
        ) {
          try decode(input, source, store, to: output, $0, model)
        }
      } catch {
        throw output.takeRefusal() ?? error
      }
      if joined == nil { try output.finish() }
      if report.damage.isEmpty {
        try files.clearAway(
          input, source, after: joined == nil ? output.sink : nil,
          isPart: rows != .all || slice != nil || columns.columns != nil)
      }
      // In a joined output, the size of each part is unknown.
      return Transfer(
        report, from: input, to: target, fileBytes: joined == nil ? output.bytes : report.rawBytes,
        distortion: originals?.distortion(in: report.errorScale))
    } afterwards: {
      try joined?.finish()
    }
  }

  /// - Parameter store: the input, if it is already open.
  private func decode(
    _ input: InputFile, _ file: FileSource, _ store: FileStore?, to output: DecodedOutput, _ codec: Codec,
    _ model: FittedModel?
  ) throws(CodecError) -> DecodeReport {
    func makeWriter(_ description: SampleDescription) throws(CodecError) -> any SampleWriter {
      try output.writer(for: description, name: input.name)
    }
    if let slice {
      let whole =
        if let store { store } else {
          try withFileContext(input.name) { () throws(ByteIOError) in try file.store() }
        }
      return try codec.decode(whole, name: input.name, model: model, slices: slice, makeWriter: makeWriter)
    }
    if keepGoing || rows != .all {
      let whole =
        if let store { store } else {
          try withFileContext(input.name) { () throws(ByteIOError) in try file.store() }
        }
      return try codec.decode(
        whole, name: input.name, model: model, rows: rows, keepsGoing: keepGoing, makeWriter: makeWriter)
    }
    if let store {
      return try codec.decode(StoreSource(store), name: input.name, model: model, makeWriter: makeWriter)
    }
    let source = RewindableSource(file)
    var first: SampleDescription?
    if output.rows == nil, !output.correctsRows {
      first = try? codec.description(ofFirst: source, name: input.name)
    }
    source.rewind()
    guard let first, output.countsRows(of: first) else {
      return try codec.decode(source, name: input.name, model: model, makeWriter: makeWriter)
    }
    // The number of rows precedes them and cannot be corrected, so all streams of the input are counted first.
    let whole: FileStore
    if input.isStandardInput || file.position == nil {
      whole = try withFileContext(input.name) { () throws(ByteIOError) in
        let spool = try SpoolFile()
        try source.copy(to: spool)
        return try spool.store()
      }
    } else {
      whole = try withFileContext(input.name) { () throws(ByteIOError) in
        try file.move(to: 0)
        return try file.store()
      }
    }
    output.rows = try codec.description(of: whole, name: input.name)?.rows
    return try codec.decode(StoreSource(whole), name: input.name, model: model, makeWriter: makeWriter)
  }

  private func store(of input: InputFile) throws(CodecError) -> FileStore {
    let source = try input.open()
    return try withFileContext(input.name) { () throws(ByteIOError) in try source.store() }
  }

  /// The number of rows to write from all inputs; nil if the format of the first does not record it.
  ///
  /// - Parameter opened: receives the inputs that can be read only once.
  private func total(
    of inputs: [InputFile], _ codec: Codec, _ opened: inout [String: FileStore]
  ) throws(CodecError) -> Int? {
    var format = format.map { (format) in format.countsRows }
    var total = 0
    for input in inputs {
      let description: SampleDescription?
      do throws(CodecError) {
        let store = try self.store(of: input)
        if input.isStandardInput { opened[input.path] = store }
        description = try codec.description(of: store, name: input.name, keepsGoing: keepGoing)
      } catch {
        // If rows are not counted, an error in one file does not stop the others.
        if format == true { throw error }
        continue
      }
      format = format ?? description?.format.countsRows
      if format == false { return nil }
      total += try rows.rows(of: description?.rows ?? 0, name: input.name).count
    }
    return format == true ? total : nil
  }

  private func output(
    _ target: OutputTarget, _ provenance: Provenance, rows: Int? = nil, isJoined: Bool,
    comparing originals: OriginalSamples? = nil
  ) -> DecodedOutput {
    DecodedOutput(
      target, format: format, writesToTerminal: files.force, clips: clipping.clip, rows: rows,
      isJoined: isJoined, columns: columns.columns, provenance, isDurable: files.removesInput,
      comparing: originals)
  }
}

private func parseRows(_ text: String) throws -> RowSlice {
  if let slice = RowSlice(text) { return slice }
  throw ValidationError("give rows as A:B, as in 100:200, :10 or -5:, or a single row.")
}

private func parseSlice(_ text: String) throws -> AxisSlices {
  if let slices = AxisSlices(text) { return slices }
  throw ValidationError("give START:STOP for each axis, as in 100:200,0:64 or :,-5:.")
}
