import Tensor
import VAEModel

/// A trainer that can be interrupted after any step and resumed.
protocol ResumableTrainer: AnyObject {
  /// The trained parameters.
  var parameters: Parameters { get }
  /// All arrays that steps modify and later steps read: first the parameters, then moments of gradients and the like.
  var buffers: [FloatBuffer] { get }
  /// The state before the next step, in addition to `buffers`. Setting it resumes from there, with the buffers as they
  /// are.
  var state: TrainerState { get set }
  /// Makes one step; `progress` is the finished share of the fit.
  func step(progress: Double)
}

/// The state of a trainer that changes from step to step, in addition to its buffers.
struct TrainerState {
  /// The number of steps made.
  var number = 0
  /// The product of all decays of Adam's first moment so far.
  var firstDecay = 1.0
  /// The variance of the Gaussian likelihood if it is learned; otherwise 1.
  var variance: Float = 1
  var random: RandomSource
  /// The rows in the order of this epoch, and the position of the next one.
  var order: [Int]
  var next: Int

  /// Creates the state before the first step on `rows` rows.
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
