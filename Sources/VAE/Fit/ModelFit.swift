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
    addLayers(&model, fit, samples.copy(rows: fitRows), components, &random)
    model.qualities = []
    hullForStudy = OperatingHull.hull(OperatingHull(kernels: kernels, workers: workers, held: held, heldSamples: heldSamples, model: model).candidates())
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

  /// The layers for what the network leaves, and the linear layer that does without it.
  private func addLayers(
    _ model: inout Model, _ fit: Matrix, _ samples: Matrix, _ components: PrincipalComponents,
    _ random: inout RandomSource
  ) {
    var reached = Matrix(rows: fit.rows, columns: fit.columns)
    if let network = model.network {
      let reach = model.reconstruct(fit, at: network.point(1), kernels, workers)
      let left = Matrix(rows: fit.rows, columns: fit.columns)
      kernels.table.pointee.add_scaled(
        fit.buffer.pointer, -1, reach.buffer.pointer, left.buffer.pointer, fit.buffer.count)
      let residual = PrincipalComponents(of: left, components: left.columns, kernels: kernels, workers: workers)
      model.layers.append(
        .fit(left, components: residual, kernels: kernels, workers: workers, random: &random))
      reached = reach
    }
    model.layers.append(
      .fit(fit, components: components, kernels: kernels, workers: workers, random: &random))
    let base = model.dataUnits(reached, kernels, workers)
    var square = 0.0
    for r in 0..<base.rows {
      square += Double(kernels.table.pointee.squared_error(base.row(r), samples.row(r), base.columns))
    }
    let deviation = Float((square / Double(base.rows * base.columns)).squareRoot())
    guard deviation > 0 else { return }
    var steps = [2, 1, 0.5, 0.25, 0.125].map { Float($0) * deviation }
    if model.output.isInteger { steps = steps.filter { $0 > 1.5 } + [1] }
    model.valueLayer = .fit(
      samples, base: base, rule: model.output, steps: steps, kernels: kernels, workers: workers, random: &random)
  }
}

extension Model {
  /// The network's reconstruction of standardized rows, with rounded latents.
  func reconstruct(
    _ x: Matrix, at part: OperatingPoint.Network, _ kernels: Kernels, _ workers: Workers
  ) -> Matrix {
    let reached = Matrix(rows: x.rows, columns: x.columns)
    let block = 128
    workers.forEach((x.rows + block - 1) / block) { b in
      let rows = b * block..<min(x.rows, (b + 1) * block)
      NetworkCoder(self, part, rows: rows.count, kernels: kernels).run(x, rows, into: reached)
    }
    return reached
  }

  /// A reconstruction in the data's units, within bounds, not rounded: the base of the value layer.
  func dataUnits(_ reached: Matrix, _ kernels: Kernels, _ workers: Workers) -> Matrix {
    let wide = front.map { reached.times($0.synthesis, kernels, workers) } ?? reached
    let result = Matrix(rows: wide.rows, columns: wide.columns)
    var rule = OutputRule(lowest: output.lowest, highest: output.highest).kernelRule
    means.withUnsafeBufferPointer { means in
      guard let means = means.baseAddress else { return }
      for r in 0..<wide.rows {
        let row = result.row(r)
        kernels.table.pointee.add_scaled(means, scale, wide.row(r), row, values)
        kernels.table.pointee.apply_rule(row, &rule, row, values)
      }
    }
    return result
  }
}
