import Tensor
import VAEModel

extension ModelFit {
  /// The number of steps if no number of epochs is given. A fifth fewer steps cost half a percent of the rate; more
  /// than that with few rows, whose steps are cheap, and with few weights, which serve many positions.
  private static func defaultSteps(rows: Int, _ hidden: HiddenLayers) -> Int {
    guard hidden.grid != nil else { return rows < fewRows ? 6000 : 4800 }
    return rows < fewRows ? 8000 : hidden.widths[0] <= 256 ? 7000 : 6000
  }

  /// The number of steps of a fit of `rows` rows, and of an epoch.
  ///
  /// - Parameter hidden: the hidden layers; nil for a textbook VAE.
  func steps(rows: Int, batch: Int, _ hidden: HiddenLayers? = nil) -> (all: Int, inEpoch: Int) {
    let inEpoch = max(1, rows / min(batch, rows))
    let steps = Self.defaultSteps(rows: rows, hidden ?? HiddenLayers(widths: []))
    return (options.epochs.map { $0 * inEpoch } ?? steps, inEpoch)
  }

  /// The share of rows that are mixed, by the number of passes over the data: it grows from 0 at 250 passes to a half
  /// at 500. Rows that are seen hundreds of times would be memorized.
  private static func mixing(passes: Double) -> Float {
    let (from, to) = (250.0, 500.0)
    return Float(0.5 * max(0, min(1, (passes - from) / (to - from))))
  }

  /// Where the number of samples to encode is unknown, weights take as few bits as pays for so many.
  private static let manySamples = 1_000_000

  /// The number of measurements on held-out rows in the second half of training.
  static let measurements = 16

  /// Trains the VAE, starting from the principal components.
  ///
  /// - Parameter keeper: writes checkpoints, and provides the one to resume from.
  /// - Returns: nil if no component varies, or training is of no use.
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
    let hidden = hiddenLayers(prepared)
    let architecture = Architecture(
      values: fit.columns, latents: latents, hidden: hidden.widths, anchors: 5, grid: hidden.grid)
    let parameters = Parameters(
      architecture, components: components, qualities: qualities, isSharp: spectrum.isEndless,
      random: &random)
    let inverseDeviation = (0..<latents).map { 1 / max(0.05, Float(components.variances[$0].squareRoot())) }
    var trainerOptions = Trainer.Options()
    trainerOptions.seed = random.next()
    trainerOptions.peakRate = fit.rows < Self.fewRows ? 2e-3 : 3e-3
    let (steps, stepsInEpoch) = steps(rows: fit.rows, batch: trainerOptions.batch, hidden)
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
        limit: clock.trainingLimit(numbers: fit.buffer.count), progress: trainingProgress(fit),
        keeper: keeper, steps: steps, stepsInEpoch: stepsInEpoch,
        measure: { fraction in
          // In the first half, the measurement is only for display.
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
      kernels: kernels, workers: workers, held: held, bounds: bounds,
      samples: options.samples ?? Self.manySamples, isCarried: options.isCarried)
    let network = storage.store(chosen, inverseDeviation: inverseDeviation, qualities: qualities)
    return (network, training.curve, training.wasStopped)
  }
}
