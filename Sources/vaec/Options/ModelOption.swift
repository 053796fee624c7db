import ArgumentParser
import ByteIO
import VAECodec

/// The model to work with.
struct ModelOption: ParsableArguments {
  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp("The model, as fit has made it.", valueName: "model.vae"),
    completion: .file(extensions: ["vae"]))
  var model: String

  /// Reads the model.
  func read() throws(CodecError) -> FittedModel { try readModel(model) }
}

/// Reads a model's file.
func readModel(_ path: String) throws(CodecError) -> FittedModel {
  try FittedModel.read(try InputFile(path).open(), name: path)
}
