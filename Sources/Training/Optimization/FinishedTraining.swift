import VAEModel

/// What one training has given.
struct FinishedTraining {
  /// The best parameters; nil where all are worthless.
  var parameters: Parameters?
  /// Their loss on held-out rows.
  var loss = Double.infinity
  /// How it went.
  var curve: [TrainingPoint] = []
  /// Whether it was asked to end early.
  var wasStopped = false
}
