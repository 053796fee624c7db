import ArgumentParser
import ByteIO
import VAECodec

/// Options for the checkpoints of a long fit.
struct CheckpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Save the state of the fit to FILE every minute and when interrupted.", valueName: "file"),
    completion: .file())
  var checkpoint: String?

  @Option(
    help: ArgumentHelp(
      "Resume from the checkpoint in FILE. New checkpoints replace it unless --checkpoint is given.",
      valueName: "file"),
    completion: .file())
  var resume: String?

  /// The file for checkpoints; nil if none are written.
  var written: String? { checkpoint ?? resume }

  /// Whether checkpoints replace the one that the fit resumes from.
  var overwrites: Bool {
    guard let resume, let written else { return false }
    return written == resume || isSameFile(written, resume)
  }

  /// Throws if these options conflict with each other or with the model file.
  func validate(output: String) throws {
    guard let written else { return }
    if written == "-" || resume == "-" {
      throw ValidationError("--checkpoint and --resume need a file name.")
    }
    if written == output || isSameFile(written, output) {
      throw ValidationError("--checkpoint and -o need different files.")
    }
  }

  private func isSameFile(_ a: String, _ b: String) -> Bool {
    guard let a = FileStatus(ofPath: a), let b = FileStatus(ofPath: b) else { return false }
    return a.identity == b.identity
  }

  /// Opens the checkpoint to resume from and the file for new ones; nil if none are requested.
  ///
  /// - Parameter provenance: the inputs of the fit.
  func open(_ provenance: Provenance, _ console: Console) throws(CodecError) -> CheckpointFile? {
    guard let written else { return nil }
    let source = try resume.map { (path) throws(CodecError) in
      try withFileContext(path) { () throws(ByteIOError) in try FileSource(path: path) }
    }
    return CheckpointFile(path: written, resumed: source, provenance, console)
  }
}
