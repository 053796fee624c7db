import ArgumentParser
import ByteIO
import VAECodec

/// Where a long fit keeps what it needs to go on.
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

  /// Where checkpoints go; nil where none are written.
  var written: String? { checkpoint ?? resume }

  /// Whether checkpoints replace the one that the fit goes on from.
  var overwrites: Bool {
    guard let resume, let written else { return false }
    return written == resume || isSameFile(written, resume)
  }

  /// Throws where these options do not go together, or with the model's file.
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

  /// Opens the checkpoint to go on from, and knows where further ones go; nil where none are asked for.
  ///
  /// - Parameter provenance: what the fit is made of.
  func open(_ provenance: Provenance, _ console: Console) throws(CodecError) -> CheckpointFile? {
    guard let written else { return nil }
    let source = try resume.map { (path) throws(CodecError) in
      try withFileContext(path) { () throws(ByteIOError) in try FileSource(path: path) }
    }
    return CheckpointFile(path: written, resumed: source, provenance, console)
  }
}
