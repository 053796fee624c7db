import Tensor
import VAEModel

extension ModelFit {
  /// Steps of a fit without a given number of epochs: a fifth fewer cost half a percent of the rate, and with few rows,
  /// where a step costs little, more than that.
  private static func defaultSteps(rows: Int) -> Int { rows < fewRows ? 6000 : 4800 }

  /// Steps of a fit of `rows` rows, and of an epoch of it.
  func steps(rows: Int, batch: Int) -> (all: Int, inEpoch: Int) {
    let inEpoch = max(1, rows / min(batch, rows))
    return (options.epochs.map { $0 * inEpoch } ?? Self.defaultSteps(rows: rows), inEpoch)
  }

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
  /// - Returns: nil if no component varies, or nothing comes of it.
  func train(
    _ prepared: PreparedData, _ random: inout RandomSource, _ keeper: CheckpointKeeper? = nil
  ) throws(FitError) -> (network: Model.Network, curve: [TrainingPoint], wasStopped: Bool)? {
    let (fit, held, components, spectrum) = (
      prepared.fit, prepared.held, prepared.components, prepared.spectrum
    )
    let bounds = prepared.model.standardizedBounds()
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
    let (steps, stepsInEpoch) = steps(rows: fit.rows, batch: trainerOptions.batch)
    trainerOptions.mixing = Self.mixing(passes: Double(steps) / Double(stepsInEpoch))
    let trainer = Trainer(
      fit, known: prepared.known, parameters: parameters, inverseDeviation: inverseDeviation, bounds: bounds,
      qualities: qualities,
      options: trainerOptions, kernels: kernels, workers: workers)
    let check = ValidationLoss(
      held, parameters, inverseDeviation: inverseDeviation, bounds: bounds, qualities: qualities,
      values: prepared.model.values, kernels: kernels, workers: workers)
    let training: FinishedTraining
    if let finished = try keeper?.finished(parameters, measure: { check.measure().loss }) {
      training = finished
    } else {
      let loop = TrainingLoop(
        options: options, progress: progress, keeper: keeper, steps: steps, stepsInEpoch: stepsInEpoch,
        measure: { fraction in
          // In the first half, only those who watch want to know.
          let measured = fraction > 0.5 ? check.measure() : check.measure(at: [0.5])
          return TrainingLoop.Measurement(
            loss: fraction > 0.5 ? measured.loss : nil, bits: measured.bits,
            psnr: measured.psnr + prepared.peakDecibels)
        }, loss: { check.measure().loss })
      training = try loop.run(trainer) { trainer.finetuneDecoder(progress: $0) }
    }
    keeper?.keep(training)
    guard let chosen = training.parameters else { return nil }
    let storage = NetworkStorage(
      kernels: kernels, workers: workers, held: held, bounds: bounds, samples: options.samples)
    let network = storage.store(chosen, inverseDeviation: inverseDeviation, qualities: qualities)
    return (network, training.curve, training.wasStopped)
  }
}
