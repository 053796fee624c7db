import ByteIO

/// The destination of a fit's checkpoints, and the checkpoint that it resumes from.
///
/// A resumed fit gives the same model, bit for bit, as one that was never interrupted.
package struct FitCheckpoints {
  /// The seconds of training between checkpoints.
  package var interval: Double
  /// Called with a function that writes a checkpoint to a sink and finishes it. It reports errors itself; the fit continues.
  package var save: (_ write: (any ByteSink) throws(ByteIOError) -> Void) -> Void
  /// The checkpoint to resume from; nil to start a new fit.
  package var resumed: (any ByteSource)?

  /// - Parameters:
  ///   - interval: the seconds of training between checkpoints.
  ///   - resumed: the checkpoint to resume from; nil to start a new fit.
  ///   - save: called with a function that writes a checkpoint to a sink and finishes it.
  package init(
    every interval: Double = 60, resumed: (any ByteSource)? = nil,
    save: @escaping (_ write: (any ByteSink) throws(ByteIOError) -> Void) -> Void
  ) {
    self.interval = interval
    self.resumed = resumed
    self.save = save
  }
}
