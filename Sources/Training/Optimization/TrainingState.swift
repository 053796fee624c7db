import VAEModel

/// What training has come to, beside what its trainer knows.
struct TrainingState {
  /// Steps of training proper, and of its end, where the latents are rounded.
  var done = 0
  var finetuned = 0
  /// The parameters that did best on held-out rows, and their loss: infinite where nothing has been measured.
  var bestLoss = Double.infinity
  var bestParameters: Parameters
  /// Rate and distortion on held-out rows, as they were measured last.
  var heldOut: (bits: Double, psnr: Double)?
  /// What was measured so far, for reports.
  var curve: [TrainingPoint] = []
  /// Seconds of training so far.
  var seconds = 0.0

  init(bestParameters: Parameters) { self.bestParameters = bestParameters }

  /// Keeps a copy of `parameters` if they are better than the best so far.
  mutating func keep(_ parameters: Parameters, ifBetter loss: Double) {
    if loss < bestLoss { (bestLoss, bestParameters) = (loss, parameters.copy()) }
  }

  /// Steps of the end: as many as make a twelfth of those before.
  static func finetuning(after done: Int) -> Int { max(1, done / 12) }
}

/// What one training has given.
struct FinishedTraining {
  /// The best parameters; nil if all are worthless.
  var parameters: Parameters?
  /// Their loss on held-out rows.
  var loss = Double.infinity
  /// How it went.
  var curve: [TrainingPoint] = []
  /// Whether it was asked to end early.
  var wasStopped = false
}
