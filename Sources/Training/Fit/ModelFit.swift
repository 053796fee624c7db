import Tensor
import Transform
import VAEModel

/// Fits a model to samples: standardization, PCA, the VAE, the residual layers, and the operating point of each quality.
package struct ModelFit {
  /// The minimum number of rows: fewer cannot be split into training and held-out rows.
  package static let minimumRows = 16
  /// With more values than this, the network works on the leading principal components.
  static let widestInput = 2048
  /// The maximum width of a hidden layer, and number of parameters of a network.
  static let widestHidden = 1 << 15
  static let maximumNumbers = 1 << 27
  /// The maximum number of components of an input projection.
  static let maximumFrontComponents = 1024

  let options: FitOptions
  let kernels: Kernels
  let workers: Workers
  /// Called periodically; false asks the fit to finish with what it has.
  let progress: (FitProgress) -> Bool
  /// The time of the fit.
  let clock: FitClock
  /// The destination and source of checkpoints.
  let checkpoints: FitCheckpoints?
  /// Whether hidden units may share weights: not if their number was given.
  let isShared: Bool

  /// - Parameters:
  ///   - progress: called periodically. If it returns false, the fit finishes the epoch and stops; with checkpoints, it
  ///     writes one and throws ``FitError/suspended(fraction:)``.
  ///   - clock: that of the whole fit, with the time that the options give; nil to start one.
  ///   - checkpoints: where they are written and read; nil for none.
  ///   - isShared: whether hidden units may share weights; nil unless their number is an option.
  package init(
    _ options: FitOptions, clock: FitClock? = nil, kernels: Kernels, workers: Workers,
    checkpoints: FitCheckpoints? = nil,
    isShared: Bool? = nil, progress: @escaping (FitProgress) -> Bool = { _ in true }
  ) {
    self.options = options
    self.clock = clock ?? FitClock(seconds: options.seconds)
    self.checkpoints = checkpoints
    self.isShared = isShared ?? (options.hidden == nil)
    self.kernels = kernels
    self.workers = workers
    self.progress = progress
  }

  /// The result of a fit: the model, and the measurements of its network.
  package struct Result: Sendable {
    package var model: Model
    /// The number of training rows, and of held-out rows.
    package var fittedRows: Int
    package var heldOutRows: Int
    /// The largest less the smallest number of all rows: the peak of PSNR. 1 for tables, whose errors are shares of
    /// each column's range.
    package var peak: Double
    /// The held-out rows, in the data's units.
    package var heldSamples: Matrix
    /// The rate-distortion curve of PCA with a uniform quantizer on those rows.
    package var pca: [CurvePoint]
    /// For each latent: its bits at the finest VAE quality on held-out rows; its variance over training rows in squared
    /// units of standardized samples, in descending order; and the share of the held-out rows' variance that it
    /// explains.
    package var latentBits: [Double]
    package var latentVariances: [Double]
    package var explainedVariance: [Double]
    /// A joint density of latents, if a mixture is closer to those of held-out rows than the prior.
    package var latentMixture: GaussianMixture?
    /// The number of missing values: those that are not finite.
    package var missingValues: Int
    /// The number of latents that were dropped after training because they carried no information.
    package var droppedLatents: Int
    /// The progress of training; empty if there was none.
    package var trainingCurve: [TrainingPoint]
    /// Whether the fit was asked to stop early.
    package var wasStopped: Bool
    /// The ELBO on the held-out rows, for a fit to it.
    package var elbo: ELBO?
  }

  /// Fits a model to `samples`, rows x values.
  ///
  /// - Parameters:
  ///   - samples: overwritten. Numbers that are not finite are missing: the network gets the mean instead, and their
  ///     errors do not count.
  ///   - shape: the lengths of a sample's axes; empty if values have no order.
  ///   - isInteger: whether values are integers.
  ///   - elementRange: the smallest and largest value of the data's type, if it is an integer type.
  ///   - scales: the map from `samples` to the data's values. Unless it is the identity, the scales determine which
  ///     values are integers, and the bounds.
  package func callAsFunction(
    _ samples: Matrix, shape: [Int] = [], isInteger: Bool, elementRange: ClosedRange<Float>?,
    scales: ValueScales = ValueScales()
  ) throws(FitError) -> Result {
    try check(samples)
    let keeper = try checkpoints.map { (checkpoints) throws(FitError) in
      try CheckpointKeeper(
        checkpoints, options, samples, shape: shape, isInteger: isInteger, elementRange: elementRange)
    }
    var random = RandomSource(seed: options.seed)
    let prepared = PreparedData(
      samples, shape: shape, isInteger: isInteger, elementRange: elementRange, scales, self, &random)
    let deviation = prepared.statistics.deviation
    guard deviation == 0 || deviation >= Double(ValueStatistics.leastScale) else {
      throw .tooFine(deviation: deviation)
    }
    guard prepared.spectrum.total > 0 else {
      // Nothing varies, so the means describe everything.
      let nothing = choosing(prepared.model, by: choice([], prepared, lowest: 0))
      return result((nothing, []), prepared, Trained(model: prepared.model))
    }
    if options.objective == .elbo {
      let likelihood = try likelihood(prepared)
      let trained = try trained(prepared, &random) { (random) throws(FitError) in
        try trainEvidence(prepared, likelihood, &random, keeper)
      }
      tell(.layers, prepared)
      return result(finishEvidence(trained.model, prepared, &random), prepared, trained)
    }
    if let count = options.samples { return try smallest(for: count, prepared, random, keeper) }
    let trained = try trained(prepared, &random, keeper)
    tell(.layers, prepared)
    let finished = finish(trained.model, prepared, &random)
    return result(finished, prepared, trained)
  }

  /// The progress of training as a share of the whole fit.
  func trainingProgress(_ fit: Matrix) -> (FitProgress) -> Bool {
    let (share, progress, clock) = (clock.trainingShare(numbers: fit.buffer.count), progress, clock)
    return { own in
      var all = own
      all.fraction *= share
      all.seconds = clock.seconds
      return progress(all)
    }
  }

  /// Reports that a stage after training begins. Nothing ends it, because what is learned would be lost.
  private func tell(_ stage: FitProgress.Stage, _ prepared: PreparedData) {
    _ = progress(clock.progress(stage, numbers: prepared.fit.buffer.count))
  }

  /// The result of training, before any layer.
  struct Trained {
    var model: Model
    /// The number of latents at the start of training.
    var latents = 0
    var curve: [TrainingPoint] = []
    var wasStopped = false
  }

  /// Trains the model's network.
  func trained(
    _ prepared: PreparedData, _ random: inout RandomSource, _ keeper: CheckpointKeeper? = nil
  ) throws(FitError) -> Trained {
    try trained(prepared, &random) { (random) throws(FitError) in try train(prepared, &random, keeper) }
  }

  /// The model with the network that `train` returns.
  private func trained(
    _ prepared: PreparedData, _ random: inout RandomSource,
    by train: (inout RandomSource) throws(FitError) -> (
      network: Model.Network, curve: [TrainingPoint], wasStopped: Bool
    )?
  ) throws(FitError) -> Trained {
    var result = Trained(model: prepared.model)
    let trained: (network: Model.Network, curve: [TrainingPoint], wasStopped: Bool)?
    do throws(FitError) {
      trained = try train(&random)
    } catch .suspended(let fraction) {
      throw .suspended(fraction: fraction * clock.trainingShare(numbers: prepared.fit.buffer.count))
    }
    guard let trained else { return result }
    result.model.network = trained.network
    result.latents = trained.network.latents
    result.curve = trained.curve
    result.wasStopped = trained.wasStopped
    pruneLatents(&result.model, prepared.fit, prepared.held)
    return result
  }

  /// The result for a finished model.
  func result(
    _ finished: (model: Model, pca: [CurvePoint]), _ prepared: PreparedData, _ trained: Trained
  ) -> Result {
    let (model, network) = (finished.model, finished.model.network)
    let use = network.map { LatentUse(model, $0, prepared.held, kernels: kernels) }
    tell(.sampler, prepared)
    return Result(
      model: finished.model, fittedRows: prepared.fit.rows, heldOutRows: prepared.held.rows,
      peak: prepared.peak, heldSamples: prepared.heldOriginals, pca: finished.pca,
      latentBits: use?.bits ?? [],
      latentVariances: network.map { latentVariances(model, $0, prepared.fit) } ?? [],
      explainedVariance: network.map { explainedVariance(model, $0, prepared.held) } ?? [],
      latentMixture: network.flatMap { latentMixture(model, $0, prepared) },
      missingValues: prepared.statistics.missing,
      droppedLatents: finished.model.network.map { trained.latents - $0.latents } ?? 0,
      trainingCurve: finished.model.network == nil ? [] : trained.curve,
      wasStopped: trained.wasStopped,
      elbo: finished.model.elbo(on: prepared.heldSamples, kernels: kernels, workers: workers)?.bound)
  }

  /// Throws if no model can be fitted to the samples with these options.
  private func check(_ samples: Matrix) throws(FitError) {
    guard samples.rows >= Self.minimumRows else {
      throw .tooFewRows(samples.rows, least: Self.minimumRows)
    }
    guard samples.columns <= Model.maximumValues else {
      throw .tooManyValues(samples.columns, most: Model.maximumValues)
    }
    if let latents = options.latents, latents > samples.columns {
      throw .tooManyLatents(latents, most: samples.columns)
    }
    if let latents = options.latents, latents < 1 { throw .badOption("latents") }
    if let epochs = options.epochs, epochs < 1 { throw .badOption("epochs") }
    if let hidden = options.hidden,
      hidden.isEmpty || !hidden.allSatisfy({ $0 >= 1 && $0 <= Self.widestHidden })
    {
      throw .badOption("hidden")
    }
    if let samples = options.samples, samples < 1 { throw .badOption("for") }
    if options.objective == .elbo {
      guard options.beta > 0, options.beta.isFinite else { throw .badOption("beta") }
      guard options.samples == nil else { throw .badOption("for") }
      guard samples.columns <= Self.widestInput else {
        throw .tooManyValues(samples.columns, most: Self.widestInput)
      }
    }
    if let seconds = options.seconds, !(seconds > 0) { throw .badOption("time") }
    guard options.holdout > 0, options.holdout < 1 else { throw .badOption("holdout") }
    let hidden = self.hidden(rows: samples.rows, width: min(samples.columns, Self.maximumFrontComponents))
    var (numbers, before) = (0, min(samples.columns, Self.widestInput))
    for width in hidden {
      numbers += 2 * width * before
      before = width
    }
    guard numbers <= Self.maximumNumbers else {
      throw .networkTooLarge(numbers: numbers, most: Self.maximumNumbers)
    }
  }

  /// Drops latents that are always 0, and sorts the others by variance.
  private func pruneLatents(_ model: inout Model, _ fit: Matrix, _ held: Matrix) {
    guard let network = model.network else { return }
    let some = fit.rows > 2048 ? fit.copy(rows: 0..<2048) : fit
    let onFit = LatentUse(model, network, some, kernels: kernels)
    let onHeld = LatentUse(model, network, held, kernels: kernels)
    let variances = latentVariances(model, network, fit)
    var kept = onHeld.isUsed.indices.filter { onHeld.isUsed[$0] || onFit.isUsed[$0] }
      .sorted { (variances[$0], $1) > (variances[$1], $0) }
    // A network with a fully collapsed posterior is still the requested result.
    if kept.isEmpty, network.elbo != nil { kept = [0] }
    model.network = kept.isEmpty ? nil : network.keeping(kept)
  }

  /// The maximum size of a basis, in numbers, for which a model includes PCA: they take somewhat less than a byte each.
  static let largestBaseline = 1 << 17
}
