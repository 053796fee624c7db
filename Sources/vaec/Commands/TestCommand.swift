import ArgumentParser
import ByteIO
import VAECodec

/// `vaec test`: verifies checksums, and decodes what it has the model of.
struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Verify the checksums of streams and models.",
    discussion: """
      Reads each FILE from start to end and prints one line for it, or one for each damaged part. Streams that \
      need no model, carry theirs, or were made with the one named by -m are decoded as well: where a promise was \
      made, this verifies the decoded samples by their checksums.

      EXAMPLES
        vaec test new.npy.vaec model.vae
        vaec test -m model.vae new.npy.vaec
        vaec test --quiet *.vaec && rm -r originals
      """)

  @Argument(
    help: ArgumentHelp("Streams or models; omit or pass - for standard input.", valueName: "file"),
    completion: .file(extensions: ["vaec", "vae"]))
  var files: [String] = []

  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp("Model to decode streams with. (default: $VAEC_MODEL)", valueName: "model.vae"),
    completion: .file(extensions: ["vae"]))
  var model: String?

  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "LIMITS") var work: WorkOption
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws { try InputFile.refuseTerminal(inputs) }

  private var inputs: [InputFile] { files.isEmpty ? [InputFile("-")] : files.map(InputFile.init) }

  func run() throws {
    let codec = try general.codec(memory: limits.memory, work: work.limit)
    let model = try (model ?? Terminal.defaultModel).map { (path) throws(CodecError) in
      try readModel(path, memory: limits.memory)
    }
    try FileResults(general).collect(inputs) { input in
      try check(input, codec, model)
    }
  }

  private func check(_ input: InputFile, _ codec: Codec, _ model: FittedModel?) throws -> Verdict {
    let opened = try input.open()
    let store = try withFileContext(input.name) { () throws(ByteIOError) in try opened.store() }
    let source = PeekingSource(StoreSource(store))
    switch try FileContent(of: source, name: input.name) {
    case .model:
      return Verdict(
        name: input.name, model: try FittedModel.read(source, name: input.name, memory: limits.memory).summary
      )
    case .stream, .samples:
      do throws(CodecError) {
        let streams = try codec.verify(source, name: input.name)
        let isDecoded = try codec.decodes(StoreSource(store), name: input.name, model: model)
        return Verdict(name: input.name, streams: streams, isDecoded: isDecoded)
      } catch {
        guard error.isDamage else { throw error }
        let damage = try codec.damage(in: store, name: input.name)
        if damage.isEmpty { throw error }
        return Verdict(name: input.name, damage: damage)
      }
    }
  }
}

extension CodecError {
  /// Whether a closer look can find more details.
  fileprivate var isDamage: Bool {
    switch self {
    case .stream(.bytes, _), .stream(.unsupportedVersion, _), .stream(.unsupportedFlags, _): false
    case .stream, .chunk, .damagedModel: true
    default: false
    }
  }
}
