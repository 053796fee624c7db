/// Fits a model to samples: standardization, PCA, the VAE, the residual layers, and the operating point of each quality.
public struct ModelFit {
  /// Fewer rows cannot be split into rows to fit and rows to choose by.
  public static let fewestRows = 16
  /// Samples of more values are refused.
  public static let mostValues = 65_536
  /// Above this many values the network works on the leading principal components.
  static let widestInput = 2048
  /// Components of a front basis at the most.
  static let mostFrontComponents = 1024

  let options: FitOptions
  let kernels: Kernels
  let workers: Workers
  /// Called now and then; false asks the fit to come to an end with what it has.
  let progress: (FitProgress) -> Bool

  /// - Parameter progress: called now and then; returning false makes the fit finish the epoch and stop.
  public init(
    _ options: FitOptions, kernels: Kernels, workers: Workers, progress: @escaping (FitProgress) -> Bool = { _ in true }
  ) {
    self.options = options
    self.kernels = kernels
    self.workers = workers
    self.progress = progress
  }

  /// What a fit gives: the model, and how its network fared.
  public struct Result {
    var study: [OperatingHull.Candidate]
    public var studyText: [String] { study.map { "\($0.bits) \($0.error) \($0.point)" } }
    public var model: Model
    /// Rows that were fitted, and rows held out.
    public var fittedRows: Int
    public var heldOutRows: Int
    /// Largest minus smallest value of all rows: the peak of PSNR.
    public var peak: Double
  }

  /// Fits `samples`, rows x values in the data's own units.
  ///
  /// - Parameters:
  ///   - samples: overwritten.
  ///   - isInteger: whether values are integers.
  ///   - elementRange: the least and the greatest value that the data's type holds, where it is an integer type.
  public func callAsFunction(_ samples: Matrix, isInteger: Bool, elementRange: ClosedRange<Float>?) throws(FitError)
    -> Result
  {
    guard samples.rows >= Self.fewestRows else {
      throw .tooFewRows(samples.rows, least: Self.fewestRows)
    }
    guard samples.columns <= Self.mostValues else {
      throw .tooManyValues(samples.columns, most: Self.mostValues)
    }
    if let latents = options.latents, latents > samples.columns {
      throw .tooManyLatents(latents, most: samples.columns)
    }
    var random = RandomSource(seed: options.seed)
    var hullForStudy: [OperatingHull.Candidate] = []
    let statistics = ValueStatistics(samples)
    let rule = statistics.outputRule(isInteger: isInteger, elementRange: elementRange)
    var (fitRows, heldRows) = split(samples.rows, &random)
    fitRows.sort()
    heldRows.sort()
    let heldSamples = samples.copy(rows: heldRows)
    var fit = samples.copy(rows: fitRows)
    statistics.standardize(fit, kernels)
    var held = heldSamples.copy(rows: 0..<heldSamples.rows)
    statistics.standardize(held, kernels)
    var model = Model(
      means: statistics.means, scale: statistics.scale, front: nil, network: nil, layers: [], output: rule,
      qualities: [], notes: [])
    var components: PrincipalComponents
    if samples.columns > Self.widestInput {
      components = PrincipalComponents(
        of: fit, components: Self.mostFrontComponents, kernels: kernels, workers: workers)
      let synthesis = Weights(components.basis)
      let front = Model.Front(synthesis: synthesis, kernels: kernels)
      model.front = front
      fit = fit.times(front.analysis, kernels, workers)
      held = held.times(front.analysis, kernels, workers)
    }
    components = PrincipalComponents(of: fit, components: fit.columns, kernels: kernels, workers: workers)
    let spectrum = Spectrum(
      variances: components.variances, total: components.variances.reduce(0, +))
    if spectrum.total > 0 {
      model.network = train(fit, held, components, spectrum, bounds: model.standardizedBounds(), &random)
    }
    addLayers(&model, fit, components, &random)
    model.qualities = []
    hullForStudy = OperatingHull.hull(OperatingHull(kernels: kernels, workers: workers, held: held, model: model).candidates())
    return Result(
      study: hullForStudy, model: model, fittedRows: fit.rows, heldOutRows: held.rows, peak: statistics.peak)
  }

  /// Rows to fit and rows to hold out, both of them at least 4.
  private func split(_ rows: Int, _ random: inout RandomSource) -> ([Int], [Int]) {
    var order = Array(0..<rows)
    random.shuffle(&order)
    let held = max(4, min(rows / 2, Int(Double(rows) * options.holdout)))
    return (Array(order[held...]), Array(order[..<held]))
  }

  /// The layer for what the network leaves, and the layer that does without it.
  private func addLayers(
    _ model: inout Model, _ fit: Matrix, _ components: PrincipalComponents, _ random: inout RandomSource
  ) {
    if let network = model.network {
      let left = Matrix(rows: fit.rows, columns: fit.columns)
      let part = network.point(1)
      let block = 128
      let kernels = self.kernels
      workers.forEach((fit.rows + block - 1) / block) { [model] b in
        let rows = b * block..<min(fit.rows, (b + 1) * block)
        NetworkCoder(model, part, rows: rows.count, kernels: kernels).run(fit, rows, into: left)
      }
      kernels.table.pointee.add_scaled(
        fit.buffer.pointer, -1, left.buffer.pointer, left.buffer.pointer, fit.buffer.count)
      let residual = PrincipalComponents(of: left, components: left.columns, kernels: kernels, workers: workers)
      model.layers.append(
        .fit(left, components: residual, kernels: kernels, workers: workers, random: &random))
    }
    model.layers.append(
      .fit(fit, components: components, kernels: kernels, workers: workers, random: &random))
  }
}
