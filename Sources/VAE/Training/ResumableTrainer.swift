/// A trainer that can be laid down after any step, and taken up again.
protocol ResumableTrainer: AnyObject {
  /// What is trained.
  var parameters: Parameters { get }
  /// All numbers that steps change and later steps look at: the parameters first, then moments of gradients and the like.
  var buffers: [FloatBuffer] { get }
  /// What it is before the next step, beside `buffers`. To set it is to go on from there, with these as they are.
  var state: TrainerState { get set }
}

/// All that changes from step to step of a trainer, beside its buffers.
struct TrainerState {
  /// Steps that have been made.
  var number: Int
  var firstDecay: Double
  /// Of the Gaussian likelihood, where it is learned; else 1.
  var variance: Float = 1
  /// Where the random numbers stand.
  var random: UInt64
  /// The rows in the order of this epoch, and the place of the next one in it.
  var order: [Int]
  var next: Int
}
