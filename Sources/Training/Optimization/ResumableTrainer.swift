import Tensor
import VAEModel

/// A trainer that can be laid down after any step, and taken up again.
protocol ResumableTrainer: AnyObject {
  /// What is trained.
  var parameters: Parameters { get }
  /// All numbers that steps change and later steps look at: the parameters first, then moments of gradients and the like.
  var buffers: [FloatBuffer] { get }
  /// What it is before the next step, beside `buffers`. To set it is to resume from there, with these as they are.
  var state: TrainerState { get set }
  /// Makes one step, when this share of the fit is behind.
  func step(progress: Double)
}

/// All that changes from step to step of a trainer, beside its buffers.
struct TrainerState {
  /// Steps that have been made.
  var number = 0
  /// The product of all decays of Adam's first moment so far.
  var firstDecay = 1.0
  /// Of the Gaussian likelihood, where it is learned; else 1.
  var variance: Float = 1
  var random: RandomSource
  /// The rows in the order of this epoch, and the place of the next one in it.
  var order: [Int]
  var next: Int

  /// Before the first of all steps on so many rows.
  init(rows: Int, seed: UInt64) {
    random = RandomSource(seed: seed)
    order = Array(0..<rows)
    next = rows
  }

  /// The next row; all come once in each epoch.
  mutating func nextRow() -> Int {
    if next == order.count {
      random.shuffle(&order)
      next = 0
    }
    defer { next += 1 }
    return order[next]
  }
}
