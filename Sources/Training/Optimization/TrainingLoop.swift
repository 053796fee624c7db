import VAEModel

/// Runs the steps of a training, from a checkpoint if there is one: measures held-out rows periodically, reports
/// progress, and writes checkpoints. All objectives share this loop.
struct TrainingLoop {
  /// A measurement of the current parameters on held-out rows.
  struct Measurement {
    /// The loss that selects the best parameters; nil if only rate and distortion are known.
    var loss: Double?
    /// In bits per sample.
    var bits: Double
    /// In dB, relative to the peak of the data.
    var psnr: Double
  }

  /// The seconds of the main steps; nil if their number ends the training.
  let limit: Double?
  /// Called periodically; false asks for the end.
  let progress: (FitProgress) -> Bool
  let keeper: CheckpointKeeper?
  /// The number of steps of the whole training, unless the clock ends it, and of one epoch.
  let steps: Int
  let stepsInEpoch: Int
  /// The number of steps before which a stop leaves nothing: the network is no better than where it started.
  private static let leastSteps = 100

  /// Measures held-out rows at this finished share of the training: 0 before it, 1 after it. Returns nil if there is
  /// nothing to measure yet.
  let measure: (_ fraction: Double) -> Measurement?
  /// The loss on held-out rows; nil if the last parameters are the best.
  var loss: (() -> Double)?

  /// Runs all steps.
  ///
  /// - Parameter finetune: makes one step of fine-tuning, if there is any, at this finished share of it.
  /// - Throws: ``FitError/suspended(fraction:)`` and other errors of the keeper.
  func run(
    _ trainer: some ResumableTrainer, finetune: ((_ progress: Double) -> Void)? = nil
  ) throws(FitError) -> FinishedTraining {
    let parameters = trainer.parameters
    var state = TrainingState(bestParameters: parameters)
    try keeper?.restore(&state, trainer, steps: limit == nil ? steps : nil, measure: loss)
    var pace = TrainingPace(limit: limit, steps: steps, stepsInEpoch: stepsInEpoch, state)
    if state.done == 0, let measured = measure(0) { record(measured, in: &state) }
    while true {
      let fraction = pace.fraction(state.done)
      if fraction >= 1 { break }
      trainer.step(progress: fraction)
      state.done += 1
      state.seconds = pace.seconds
      if pace.isToMeasure(state.done, fraction), let measured = measure(fraction) {
        state.heldOut = (measured.bits, measured.psnr)
        record(measured, in: &state)
        if let loss = measured.loss { state.keep(parameters, ifBetter: loss) }
      }
      var isSuspended = false
      if pace.isToTell(state.done), !progress(pace.progress(fraction, state)) {
        isSuspended = keeper != nil
        if !isSuspended {
          // Too little is learned to be of use.
          guard state.done >= Self.leastSteps else { throw .interrupted }
          pace.end(at: fraction, state.done)
        }
      }
      try keeper?.keep(state, trainer, fraction: fraction, isLast: isSuspended)
    }
    state.seconds = pace.seconds
    if let finetune, !pace.isEnding { try finish(trainer, &state, &pace, finetune) }
    keeper?.write(state, trainer)
    return finished(parameters, &state, wasStopped: pace.isEnding)
  }

  /// Runs the fine-tuning steps: a twelfth of the main steps, or of the time.
  private func finish(
    _ trainer: some ResumableTrainer, _ state: inout TrainingState, _ pace: inout TrainingPace,
    _ finetune: (_ progress: Double) -> Void
  ) throws(FitError) {
    if state.finetuned == 0, let loss { state.keep(trainer.parameters, ifBetter: loss()) }
    let finetuning = TrainingState.finetuning(after: state.done)
    while state.finetuned < finetuning, !pace.isOver {
      finetune(Double(state.finetuned) / Double(finetuning))
      state.finetuned += 1
      guard let keeper else { continue }
      state.seconds = pace.secondsNow
      let isSuspended = pace.isToTell() && !progress(pace.progress(1, state))
      try keeper.keep(state, trainer, fraction: 1, isLast: isSuspended)
    }
    // If the clock ended it, it must be over for a resumed training too.
    state.seconds = pace.secondsNow
  }

  /// The better of the last parameters and the best ones before.
  private func finished(
    _ parameters: Parameters, _ state: inout TrainingState, wasStopped: Bool
  ) -> FinishedTraining {
    var training = FinishedTraining(parameters: parameters, wasStopped: wasStopped)
    if loss != nil, let last = measure(1), let loss = last.loss {
      record(last, in: &state)
      training.loss = loss
      // A NaN loss is worse than any other; then having no network is better.
      if !loss.isFinite || loss > state.bestLoss {
        training.parameters = state.bestLoss.isFinite ? state.bestParameters : nil
        training.loss = state.bestLoss
      }
    }
    training.curve = state.curve
    return training
  }

  /// Adds a point to the curve, unless it is not finite.
  private func record(_ measured: Measurement, in state: inout TrainingState) {
    guard measured.bits.isFinite, measured.psnr.isFinite else { return }
    state.curve.append(
      TrainingPoint(
        epoch: Double(state.done + state.finetuned) / Double(stepsInEpoch), bits: measured.bits,
        psnr: measured.psnr))
  }
}
