import ArgumentParser
import ByteIO
import VAECodec

/// The model option.
struct ModelOption: ParsableArguments {
  @Option(
    name: [.customShort("m"), .customLong("model")],
    help: ArgumentHelp("Model to use. (default: $VAEC_MODEL)", valueName: "model.vae"),
    completion: .file(extensions: ["vae"]))
  private var named: String?

  /// The model file.
  var model: String { named ?? Terminal.defaultModel ?? "" }

  func validate() throws {
    if model.isEmpty {
      throw ValidationError("name the model with -m or in the variable VAEC_MODEL.")
    }
  }

  /// The status of the model file, for the permissions of outputs.
  var status: FileStatus? { FileStatus(ofPath: model) }

  /// Reads the model.
  ///
  /// - Parameter memory: its memory limit.
  func read(memory: MemoryLimit) throws(CodecError) -> FittedModel { try readModel(model, memory: memory) }
}

/// Reads a model file.
///
/// - Parameter memory: its memory limit.
func readModel(_ path: String, memory: MemoryLimit) throws(CodecError) -> FittedModel {
  try FittedModel.read(try InputFile(path).open(), name: path, memory: memory)
}
