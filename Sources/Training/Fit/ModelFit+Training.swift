import Tensor
import VAEModel

extension ModelFit {
  /// Steps of a fit that is not told how many epochs: a fifth fewer cost half a percent of the rate, and with few rows,
  /// where a step costs little, more than that.
  static func defaultSteps(rows: Int) -> Int { rows < fewRows ? 6000 : 4800 }
  /// Passes over the data from which on rows are mixed, those from which on half of them are, and that share: rows that
  /// are seen hundreds of times are learned by heart.
  private static func mixing(passes: Double) -> Float {
    let (from, to) = (250.0, 500.0)
    return Float(0.5 * max(0, min(1, (passes - from) / (to - from))))
  }

  /// How often held-out rows are measured, from the middle of training on.
  static let measurements = 16

  /// Trains the VAE from the principal components on.
  ///
  /// - Parameter keeper: writes checkpoints, and knows that from which training goes on.
  /// - Returns: nil where no component varies, or nothing comes of it.
  func train(
    _ ground: Ground, _ random: inout RandomSource, _ keeper: CheckpointKeeper? = nil
  ) throws(FitError) -> (network: Model.Network, curve: [TrainingPoint], wasStopped: Bool)? {
    let (fit, held, components, spectrum) = (ground.fit, ground.held, ground.components, ground.spectrum)
    let bounds = ground.model.standardizedBounds()
    let available = components.variances.count { $0 > spectrum.total * 1e-12 }
    guard available > 0 else { return nil }
    let latents = min(available, options.latents ?? spectrum.latentCount())
    let qualities = spectrum.qualityRange(latents: latents)
    let hidden = self.hidden(rows: fit.rows, width: fit.columns)
    let architecture = Architecture(values: fit.columns, latents: latents, hidden: hidden, anchors: 5)
    let parameters = Parameters(
      architecture, components: components, qualities: qualities, isSharp: spectrum.isEndless,
      random: &random)
    let inverseDeviation = (0..<latents).map { 1 / max(0.05, Float(components.variances[$0].squareRoot())) }
    var trainerOptions = Trainer.Options()
    trainerOptions.seed = random.next()
    trainerOptions.peakRate = fit.rows < Self.fewRows ? 2e-3 : 3e-3
    let stepsInEpoch = max(1, fit.rows / min(trainerOptions.batch, fit.rows))
    let steps = options.epochs.map { $0 * stepsInEpoch } ?? Self.defaultSteps(rows: fit.rows)
    trainerOptions.mixing = Self.mixing(passes: Double(steps) / Double(stepsInEpoch))
    let trainer = Trainer(
      fit, known: ground.known, parameters: parameters, inverseDeviation: inverseDeviation, bounds: bounds,
      qualities: qualities,
      options: trainerOptions, kernels: kernels, workers: workers)
    let check = HeldOutCheck(
      held, parameters, inverseDeviation: inverseDeviation, bounds: bounds, qualities: qualities,
      values: ground.model.values, kernels: kernels, workers: workers)
    let training: FinishedTraining
    if let finished = try keeper?.finished(parameters, measure: { check.measure().loss }) {
      training = finished
    } else {
      training = try descend(trainer, check, steps: steps, stepsInEpoch: stepsInEpoch, ground, keeper)
    }
    keeper?.keep(training)
    guard let chosen = training.parameters else { return nil }
    let storage = NetworkStorage(
      kernels: kernels, workers: workers, held: held, bounds: bounds, samples: options.samples)
    let network = storage.store(chosen, inverseDeviation: inverseDeviation, qualities: qualities)
    return (network, training.curve, training.wasStopped)
  }

  /// Makes all steps of a training, from where the checkpoint has it, if there is one.
  ///
  /// - Parameter steps: how many, where the clock does not end them.
  private func descend(
    _ trainer: Trainer, _ check: HeldOutCheck, steps: Int, stepsInEpoch: Int, _ ground: Ground,
    _ keeper: CheckpointKeeper?
  ) throws(FitError) -> FinishedTraining {
    let parameters = trainer.parameters
    var state = TrainingState(bestParameters: parameters)
    func record(
      _ measured: (loss: Double, bits: Double, psnr: Double), after steps: Int, in state: inout TrainingState
    ) {
      let point = TrainingPoint(
        epoch: Double(steps) / Double(stepsInEpoch), bits: measured.bits,
        psnr: measured.psnr + ground.peakDecibels)
      if point.bits.isFinite, point.psnr.isFinite { state.curve.append(point) }
    }
    try keeper?.restore(
      &state, trainer, steps: options.seconds == nil ? steps : nil, measure: { check.measure().loss })
    var pace = TrainingPace(options, steps: steps, stepsInEpoch: stepsInEpoch, state)
    if state.done == 0 { record(check.measure(at: [0.5]), after: 0, in: &state) }
    while true {
      let fraction = pace.fraction(state.done)
      if fraction >= 1 { break }
      trainer.step(progress: fraction)
      state.done += 1
      state.seconds = pace.seconds
      var isSuspended = false
      if pace.isToTell(state.done), !progress(pace.progress(fraction, state)) {
        isSuspended = keeper != nil
        if !isSuspended { pace.end(at: fraction, state.done) }
      }
      if pace.isToMeasure(state.done, fraction) {
        // In the first half, only those who watch want to know.
        let measured = fraction > 0.5 ? check.measure() : check.measure(at: [0.5])
        state.heldOut = (measured.bits, measured.psnr + ground.peakDecibels)
        record(measured, after: state.done, in: &state)
        if fraction > 0.5 { state.keep(parameters, ifBetter: measured.loss) }
      }
      try keeper?.keep(state, trainer, fraction: fraction, isLast: isSuspended)
    }
    state.seconds = pace.seconds
    if !pace.isEnding {
      // The last part: as many steps again as make a twelfth of those behind, or of the time.
      if state.settled == 0 { state.keep(parameters, ifBetter: check.measure().loss) }
      let settling = TrainingState.settling(after: state.done)
      while state.settled < settling, !pace.isOver {
        trainer.settle(progress: Double(state.settled) / Double(settling))
        state.settled += 1
        guard let keeper else { continue }
        state.seconds = pace.secondsNow
        let isSuspended = pace.isToTell() && !progress(pace.progress(1, state))
        try keeper.keep(state, trainer, fraction: 1, isLast: isSuspended)
      }
      // What ended by the clock has to be over for whoever goes on from here, too.
      state.seconds = pace.secondsNow
      keeper?.write(state, trainer)
    }
    let last = check.measure()
    record(last, after: state.done + state.settled, in: &state)
    var training = FinishedTraining(curve: state.curve, wasStopped: pace.isEnding)
    // A loss that is no number is worse than any: then no network is better than this one.
    if last.loss.isFinite, last.loss <= state.bestLoss {
      (training.parameters, training.loss) = (parameters, last.loss)
    } else if state.bestLoss.isFinite {
      (training.parameters, training.loss) = (state.bestParameters, state.bestLoss)
    }
    return training
  }
}

/// Rate and distortion of a VAE under training on held-out rows, with rounded latents.
struct HeldOutCheck {
  private let held: Matrix
  private let pass: Pass
  private let gradients: Gradients
  private let qualities: QualityRange
  private let workers: Workers
  /// Values of a sample: more than columns, where those are components.
  private let values: Int
  static let grid: [Float] = [0, 0.25, 0.5, 0.75, 1]
  /// Rows at the most, and values, but for so many rows.
  private static let (mostRows, mostValues, enoughRows) = (1024, 1 << 18, 512)

  init(
    _ held: Matrix, _ parameters: Parameters, inverseDeviation: [Float],
    bounds: (low: FloatBuffer, high: FloatBuffer)?, qualities: QualityRange, values: Int? = nil,
    kernels: Kernels,
    workers: Workers
  ) {
    self.held = held.spread(
      rows: min(Self.mostRows, max(Self.enoughRows, Self.mostValues / held.columns)))
    self.qualities = qualities
    self.workers = workers
    self.values = values ?? held.columns
    pass = Pass(rows: self.held.rows, parameters, inverseDeviation: inverseDeviation, kernels: kernels)
    gradients = Gradients(pass, bounds: bounds)
    pass.input.buffer.copy(from: self.held.buffer)
  }

  /// - Parameter grid: VAE qualities, 0.5 among them.
  /// - Returns: the mean over `grid` of log(bits + lambda * error), and bits and PSNR (of standardized values, its peak 1) at
  ///   0.5.
  func measure(at grid: [Float] = grid) -> (loss: Double, bits: Double, psnr: Double) {
    var loss = 0.0
    var middle = (bits: 0.0, psnr: 0.0)
    for u in grid {
      let (bits, error) = rateAndError(u)
      loss += logarithm(bits + Double(qualities.lambda(u)) * error + 1e-9)
      if u == 0.5 {
        middle = (bits, -tenLogarithms(max(1e-12, error / Double(values))))
      }
    }
    return (loss / Double(grid.count), middle.bits, middle.psnr)
  }

  /// Bits a sample, and squared error a sample.
  func rateAndError(_ u: Float) -> (bits: Double, error: Double) {
    let step = qualities.step(u)
    for r in 0..<held.rows { pass.condition(row: r, u: u, step: step) }
    let (pass, gradients) = (self.pass, self.gradients)
    let latents = pass.architecture.latents
    let sums = FloatBuffer(count: 2 * held.rows)
    workers.forEachRange(of: held.rows) { rows in
      let table = pass.kernels.table.pointee
      pass.forwardScales(rows)
      pass.forwardEncoder(rows)
      for r in rows { table.round(pass.latents.row(r), pass.symbols.row(r), pass.symbols.stride) }
      gradients.rate(rows)
      pass.forwardDecoder(rows)
      for r in rows {
        table.clip(
          pass.output.row(r), gradients.low.pointer, gradients.high.pointer, pass.output.row(r),
          pass.output.columns)
        sums.pointer[2 * r] = table.sum(gradients.bits.row(r), latents)
        sums.pointer[2 * r + 1] = table.squared_error(
          pass.output.row(r), pass.input.row(r), pass.output.columns)
      }
    }
    var (bits, error) = (0.0, 0.0)
    for r in 0..<held.rows {
      bits += Double(sums.pointer[2 * r])
      error += Double(sums.pointer[2 * r + 1])
    }
    return (bits / Double(held.rows), error / Double(held.rows))
  }
}
