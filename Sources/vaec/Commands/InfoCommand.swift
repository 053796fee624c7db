import ArgumentParser
import ByteIO
import Records
import VAECodec

/// `vaec info`: describes files.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Describe models, streams and files of samples.",
    discussion: """
      EXAMPLES
        vaec info model.vae
        vaec info new.npy new.npy.vaec
        vaec info --json model.vae
      """)

  @Argument(
    help: ArgumentHelp("Models, streams or samples; omit or pass - for standard input.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws { try InputFile.refuseTerminal(inputs) }

  private var inputs: [InputFile] { files.isEmpty ? [InputFile("-")] : files.map(InputFile.init) }

  func run() throws {
    let codec = try general.codec(memory: limits.memory)
    try FileResults(general).collect(inputs) { input in
      let source = PeekingSource(try input.open())
      switch try FileContent(of: source, name: input.name) {
      case .stream:
        return StreamDescription(try codec.verify(source, name: input.name), name: input.name)
      case .model:
        let model = try FittedModel.read(source, name: input.name, memory: limits.memory)
        return ModelDescription(model.summary, name: input.name, isVerbose: general.verbose)
      case .samples:
        return SamplesDescription(try count(source, input), name: input.name)
      }
    }
  }

  /// Describes samples, including their number. Reads all of them if the file does not record it.
  private func count(_ source: PeekingSource, _ input: InputFile) throws -> SampleDescription {
    let prefix = try withFileContext(input.name) { () throws(ByteIOError) in
      try source.peek(RecognizedFile.prefixSize)
    }
    // Without their exact fields, records have another format.
    let kind = RecognizedFile(prefix)
    let options = reading.readOptions(memory: limits.memory, keepsText: kind == .npy || kind == .npz)
    let reader = try SampleInput.open(source, name: input.name, options: options)
    var description = reader.description
    if description.rows != nil { return description }
    var rows = 0
    while let batch = try reader.read(maxRows: max(1, (1 << 20) / description.sampleBytes)) {
      rows += batch.rows
    }
    description = reader.description
    description.rows = rows
    return description
  }
}
