import Tensor
import Transform
import VAEModel

/// Fits a model to samples: standardization, PCA, the VAE, the residual layers, and the operating point of each quality.
package struct ModelFit {
  /// Fewer rows cannot be split into rows to fit and rows to choose by.
  package static let minimumRows = 16
  /// Above this many values the network works on the leading principal components.
  static let widestInput = 2048
  /// Units of a hidden layer at most, and numbers of a network.
  static let widestHidden = 1 << 15
  static let maximumNumbers = 1 << 27
  /// Components of an input projection at most.
  static let maximumFrontComponents = 1024

  let options: FitOptions
  let kernels: Kernels
  let workers: Workers
  /// Called now and then; false asks the fit to come to an end with what it has.
  let progress: (FitProgress) -> Bool
  /// Where checkpoints go and come from.
  let checkpoints: FitCheckpoints?

  /// - Parameters:
  ///   - progress: called now and then; returning false makes the fit finish the epoch and stop or, with checkpoints,
  ///     write one and throw ``FitError/suspended(fraction:)``.
  ///   - checkpoints: where they go and come from; nil if none are kept.
  package init(
    _ options: FitOptions, kernels: Kernels, workers: Workers, checkpoints: FitCheckpoints? = nil,
    progress: @escaping (FitProgress) -> Bool = { _ in true }
  ) {
    self.options = options
    self.checkpoints = checkpoints
    self.kernels = kernels
    self.workers = workers
    self.progress = progress
  }

  /// What a fit gives: the model, and how its network fared.
  package struct Result: Sendable {
    package var model: Model
    /// Rows that were fitted, and rows held out.
    package var fittedRows: Int
    package var heldOutRows: Int
    /// Largest minus smallest number of all rows: the peak of PSNR. In tables, 1: errors are shares of each column's range.
    package var peak: Double
    /// The rows that were held out, in the data's units.
    package var heldSamples: Matrix
    /// PCA with a uniform quantizer on those rows.
    package var pca: [CurvePoint]
    /// Bits of each latent at the finest VAE quality on held-out rows; its variance over fitted rows in squared units of
    /// standardized samples, the largest first; and the share of the variance of held-out rows that it explains.
    package var latentBits: [Double]
    package var latentVariances: [Double]
    package var explainedVariance: [Double]
    /// Latents together, where a mixture is closer to those of held-out rows than the prior is.
    package var latentMixture: GaussianMixture?
    /// Values that were missing, because they were no finite numbers.
    package var missingValues: Int
    /// Latents that training began with and that were dropped: they carried nothing.
    package var droppedLatents: Int
    /// How training went; empty if there was none.
    package var trainingCurve: [TrainingPoint]
    /// Whether it was asked to stop early.
    package var wasStopped: Bool
    /// The evidence lower bound on the rows that were held out, of a fit to it.
    package var elbo: ELBO?
  }

  /// Fits `samples`, rows x values.
  ///
  /// - Parameters:
  ///   - samples: overwritten. Numbers that are not finite are missing: the network gets the mean in their place, and is not
  ///     asked for them.
  ///   - isInteger: whether values are integers.
  ///   - elementRange: the least and the greatest value that the data's type holds, where it is an integer type.
  ///   - scales: what `samples` are of the data's values. Where they are not the values themselves, the scales say what is
  ///     whole and what the bounds are.
  package func callAsFunction(
    _ samples: Matrix, isInteger: Bool, elementRange: ClosedRange<Float>?, scales: ValueScales = ValueScales()
  ) throws(FitError) -> Result {
    try check(samples)
    let keeper = try checkpoints.map { (checkpoints) throws(FitError) in
      try CheckpointKeeper(
        checkpoints, options, samples, isInteger: isInteger, elementRange: elementRange)
    }
    var random = RandomSource(seed: options.seed)
    let prepared = PreparedData(
      samples, isInteger: isInteger, elementRange: elementRange, scales, self, &random)
    let deviation = prepared.statistics.deviation
    guard deviation == 0 || deviation >= Double(ValueStatistics.leastScale) else {
      throw .tooFine(deviation: deviation)
    }
    guard prepared.spectrum.total > 0 else {
      // Nothing varies: the means say all.
      let nothing = choosing(prepared.model, by: choice([], prepared, lowest: 0))
      return result((nothing, []), prepared, Trained(model: prepared.model))
    }
    if options.objective == .elbo {
      let likelihood = try likelihood(prepared)
      let trained = try trained(prepared, &random) { (random) throws(FitError) in
        try trainEvidence(prepared, likelihood, &random, keeper)
      }
      return result(finishEvidence(trained.model, prepared, &random), prepared, trained)
    }
    if let count = options.samples { return try smallest(for: count, prepared, random, keeper) }
    let trained = try trained(prepared, &random, keeper)
    let finished = finish(trained.model, prepared, &random)
    return result(finished, prepared, trained)
  }

  /// What training gives, before any layer.
  struct Trained {
    var model: Model
    /// Latents that training began with.
    var latents = 0
    var curve: [TrainingPoint] = []
    var wasStopped = false
  }

  /// The model with its network.
  func trained(
    _ prepared: PreparedData, _ random: inout RandomSource, _ keeper: CheckpointKeeper? = nil
  ) throws(FitError) -> Trained {
    try trained(prepared, &random) { (random) throws(FitError) in try train(prepared, &random, keeper) }
  }

  /// The model with the network that `train` makes.
  private func trained(
    _ prepared: PreparedData, _ random: inout RandomSource,
    by train: (inout RandomSource) throws(FitError) -> (
      network: Model.Network, curve: [TrainingPoint], wasStopped: Bool
    )?
  ) throws(FitError) -> Trained {
    var result = Trained(model: prepared.model)
    guard let trained = try train(&random) else { return result }
    result.model.network = trained.network
    result.latents = trained.network.latents
    result.curve = trained.curve
    result.wasStopped = trained.wasStopped
    pruneLatents(&result.model, prepared.fit, prepared.held)
    return result
  }

  /// What a finished model gives.
  func result(
    _ finished: (model: Model, pca: [CurvePoint]), _ prepared: PreparedData, _ trained: Trained
  ) -> Result {
    let (model, network) = (finished.model, finished.model.network)
    let use = network.map { LatentUse(model, $0, prepared.held, kernels: kernels) }
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

  /// Leaves out latents that are always 0, and orders the others by variance.
  private func pruneLatents(_ model: inout Model, _ fit: Matrix, _ held: Matrix) {
    guard let network = model.network else { return }
    let some = fit.rows > 2048 ? fit.copy(rows: 0..<2048) : fit
    let onFit = LatentUse(model, network, some, kernels: kernels)
    let onHeld = LatentUse(model, network, held, kernels: kernels)
    let variances = latentVariances(model, network, fit)
    var kept = onHeld.isUsed.indices.filter { onHeld.isUsed[$0] || onFit.isUsed[$0] }
      .sorted { (variances[$0], $1) > (variances[$1], $0) }
    // A posterior that has collapsed altogether is still what was asked for.
    if kept.isEmpty, network.elbo != nil { kept = [0] }
    model.network = kept.isEmpty ? nil : network.keeping(kept)
  }

  /// Samples of more values leave PCA out of the model: it would weigh too much.
  static let widestBaseline = 256

  /// Widths of the encoder's hidden layers for `rows` samples of `width` values: 512 units where samples are large, fewer
  /// where they are small, or so few that wide layers would learn them by heart.
  func hidden(rows: Int, width: Int) -> [Int] {
    let units = width >= 512 ? 512 : 256
    return options.hidden ?? [Int](repeating: rows < Self.fewRows ? units / 2 : units, count: 2)
  }

  /// Fewer rows than this are few.
  static let fewRows = 2500
}
