import ByteIO

/// Where the checkpoints of a fit go, and where the one comes from that it goes on from.
///
/// A fit that goes on from a checkpoint gives the same model, bit for bit, as one that was never interrupted.
package struct FitCheckpoints {
  /// Seconds of training from one checkpoint to the next.
  package var interval: Double
  /// Called with a function that writes a checkpoint to a sink and finishes it. It reports errors itself; the fit continues.
  package var save: (_ write: (any ByteSink) throws(ByteIOError) -> Void) -> Void
  /// The checkpoint to resume from; nil to start a new fit.
  package var resumed: (any ByteSource)?

  /// - Parameters:
  ///   - interval: seconds of training from one checkpoint to the next.
  ///   - resumed: the checkpoint to resume from; nil to start a new fit.
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
