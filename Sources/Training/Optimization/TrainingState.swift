import VAEModel

/// The state of a training, in addition to that of its trainer.
struct TrainingState {
  /// The number of main steps, and of fine-tuning steps, in which latents are rounded.
  var done = 0
  var finetuned = 0
  /// The parameters with the lowest loss on held-out rows, and that loss; infinite if nothing has been measured.
  var bestLoss = Double.infinity
  var bestParameters: Parameters
  /// The last measured rate and distortion on held-out rows.
  var heldOut: (bits: Double, psnr: Double)?
  /// The points measured so far, for reports.
  var curve: [TrainingPoint] = []
  /// The seconds of training so far.
  var seconds = 0.0

  init(bestParameters: Parameters) { self.bestParameters = bestParameters }

  /// Keeps a copy of `parameters` if their loss is lower than the best so far.
  mutating func keep(_ parameters: Parameters, ifBetter loss: Double) {
    if loss < bestLoss { (bestLoss, bestParameters) = (loss, parameters.copy()) }
  }

  /// The number of fine-tuning steps: a twelfth of the main steps.
  static func finetuning(after done: Int) -> Int { max(1, done / 12) }
}

/// The result of a finished training.
struct FinishedTraining {
  /// The best parameters; nil if all are useless.
  var parameters: Parameters?
  /// Their loss on held-out rows.
  var loss = Double.infinity
  /// The course of the training.
  var curve: [TrainingPoint] = []
  /// Whether the training was asked to stop early.
  var wasStopped = false
}
