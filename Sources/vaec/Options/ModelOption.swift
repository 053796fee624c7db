import ArgumentParser
import ByteIO
import VAECodec

/// The model to work with.
struct ModelOption: ParsableArguments {
  @Option(
    name: [.customShort("m"), .customLong("model")],
    help: ArgumentHelp("Model to use. (default: $VAEC_MODEL)", valueName: "model.vae"),
    completion: .file(extensions: ["vae"]))
  private var named: String?

  /// The model's file.
  var model: String { named ?? Terminal.defaultModel ?? "" }

  func validate() throws {
    if model.isEmpty {
      throw ValidationError("name the model with -m or in the variable VAEC_MODEL.")
    }
  }

  /// What its file is, for those who make something of it.
  var status: FileStatus? { FileStatus(ofPath: model) }

  /// Reads the model.
  ///
  /// - Parameter memory: how much it may take.
  func read(memory: MemoryLimit) throws(CodecError) -> FittedModel { try readModel(model, memory: memory) }
}

/// Reads a model's file.
///
/// - Parameter memory: how much it may take.
func readModel(_ path: String, memory: MemoryLimit) throws(CodecError) -> FittedModel {
  try FittedModel.read(try InputFile(path).open(), name: path, memory: memory)
}
