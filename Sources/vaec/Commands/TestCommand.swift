import ArgumentParser
import ByteIO
import VAECodec

/// `vaec test`: verifies checksums.
struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Verify the checksums of streams and models.",
    discussion: """
      Reads each FILE from start to end and writes nothing but a line about it. No model is needed.

      EXAMPLES
        vaec test new.npy.vaec model.vae
        vaec test --quiet *.vaec && rm -r originals
      """)

  @Argument(
    help: ArgumentHelp("Streams or models; none or - for standard input.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws { try InputFile.refuseTerminal(inputs) }

  private var inputs: [InputFile] { files.isEmpty ? [InputFile("-")] : files.map(InputFile.init) }

  func run() throws {
    let codec = try general.codec()
    try FileResults(general).collect(inputs) { input in
      try check(input, codec)
    }
  }

  private func check(_ input: InputFile, _ codec: Codec) throws -> Verdict {
    let source = PeekingSource(try input.open())
    switch try FileContent(of: source, name: input.name) {
    case .model:
      return Verdict(name: input.name, model: try FittedModel.read(source, name: input.name).summary)
    case .stream, .samples:
      return Verdict(name: input.name, streams: try codec.verify(source, name: input.name))
    }
  }
}
