import ByteIO

/// Where the checkpoints of a fit go, and where the one comes from that it goes on from.
///
/// A fit that goes on from a checkpoint gives the same model, bit for bit, as one that was never interrupted.
package struct FitCheckpoints {
  /// Seconds of training from one checkpoint to the next.
  package var interval: Double
  /// Called with what writes a checkpoint to a sink and finishes it. What fails is its own to tell of: the fit goes on.
  package var save: (_ write: (any ByteSink) throws(ByteIOError) -> Void) -> Void
  /// The checkpoint to go on from; nil to begin anew.
  package var resumed: (any ByteSource)?

  /// - Parameters:
  ///   - interval: seconds of training from one checkpoint to the next.
  ///   - resumed: the checkpoint to go on from; nil to begin anew.
  ///   - save: called with what writes a checkpoint to a sink and finishes it.
  package init(
    every interval: Double = 60, resumed: (any ByteSource)? = nil,
    save: @escaping (_ write: (any ByteSink) throws(ByteIOError) -> Void) -> Void
  ) {
    self.interval = interval
    self.resumed = resumed
    self.save = save
  }
}
