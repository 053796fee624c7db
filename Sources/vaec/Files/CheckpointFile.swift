import ByteIO
import VAECodec

/// The file for the checkpoints of a fit, each replacing the previous one.
final class CheckpointFile {
  private let path: String
  private let resumed: FileSource?
  private let provenance: Provenance
  private let console: Console
  /// Why the last checkpoint was not written; nil if it was.
  private(set) var problem: CodecError?

  /// - Parameters:
  ///   - resumed: the checkpoint to resume from.
  ///   - provenance: the inputs of the fit.
  init(path: String, resumed: FileSource?, _ provenance: Provenance, _ console: Console) {
    self.path = path
    self.resumed = resumed
    self.provenance = provenance
    self.console = console
  }

  /// The checkpoints, as passed to a fit. Failing to write one prints a message and does not end the fit.
  var checkpoints: FitCheckpoints {
    FitCheckpoints(resumed: resumed) { write in
      do throws(CodecError) {
        try withFileContext(self.path) { () throws(ByteIOError) in
          try write(
            try OutputFile(path: self.path, overwrite: true, provenance: self.provenance, isDurable: true))
        }
        self.problem = nil
      } catch {
        self.problem = error
        self.console.note("vaec: \(error.message); the fit continues without this checkpoint")
      }
    }
  }
}
