import Tensor
import Transform
import VAEModel

extension ModelFit {

  /// A model with all its layers, and the rate and distortion of each candidate on held-out rows.
  struct Draft {
    let model: Model
    /// The candidates with the network, and those without it.
    let learned: [OperatingPointSearch.Candidate]
    let classical: [OperatingPointSearch.Candidate]
    /// PCA's rate-distortion curve on held-out rows.
    let pca: [CurvePoint]
    /// What measured the candidates.
    let search: OperatingPointSearch
  }

  /// The PSNR of the last quality's point, in standardized units for a peak of 1. It is below the data's own noise:
  /// half a unit for integers (less if they hardly vary); otherwise 70 dB below the peak, and 30 dB below the variance,
  /// because distant columns have a peak of many standard deviations.
  func highestPSNR(_ prepared: PreparedData) -> Double {
    let square = Double(prepared.model.scale) * Double(prepared.model.scale)
    let peak = prepared.peak
    let finest =
      prepared.model.output.isInteger
      ? min(0.25, 0.01 * square) : min(peak * peak * 1e-7, 0.001 * square)
    return QualityLadder.psnr(finest / square)
  }

  /// Adds residual layers to a model that has means, scale and possibly a network, and measures candidates.
  ///
  /// - Parameter linear: the layer for coding without a network.
  func draft(
    _ trained: Model, _ prepared: PreparedData, _ linear: KLTLayer, _ random: inout RandomSource
  ) -> Draft {
    var model = trained
    addLayers(&model, prepared, linear, &random)
    // There are hundreds of candidates, all compared on the same rows; some rows suffice.
    let rows = max(Self.minimumComparedRows, Self.comparedValues / model.width)
    let hull = OperatingPointSearch(
      kernels: kernels, workers: workers, held: prepared.held.spread(rows: rows),
      heldSamples: prepared.heldSamples.spread(rows: rows), known: prepared.heldKnown?.spread(rows: rows),
      fit: prepared.fit, model: model, fileRows: options.isCarried ? options.samples : nil)
    let classical = hull.withoutNetwork()
    // With an input projection, the errors of missing values cannot be separated, so there is no curve to compare with.
    let isComparable =
      prepared.statistics.missing == 0 && !prepared.model.scales.isByColumn || prepared.heldKnown != nil
    return Draft(
      model: model, learned: hull.withNetwork(), classical: classical,
      pca: isComparable ? hull.linearCurve(classical) : [], search: hull)
  }

  /// The number of held-out values that candidates are compared on, and the minimum number of held-out rows, if
  /// available.
  private static let comparedValues = 1 << 18
  private static let minimumComparedRows = 256

  /// Adds residual layers and qualities to a model that has means, scale and possibly a network, and leaves out every
  /// part that does not pay.
  ///
  /// - Returns: the finished model, and PCA's curve on held-out rows.
  func finish(
    _ trained: Model, _ prepared: PreparedData, _ random: inout RandomSource
  ) -> (model: Model, pca: [CurvePoint]) {
    let linear = KLTLayer.fit(
      prepared.fit, components: prepared.components, kernels: kernels, workers: workers, random: &random)
    var trained = trained
    if linear.values * linear.components <= Self.largestBaseline { trained.baseline = linear }
    let draft = draft(trained, prepared, linear, &random)
    if !draft.learned.isEmpty {
      let lowest = Self.lowestPSNR(learned: draft.learned)
      let learned = choice(draft.learned, prepared, lowest: lowest)
      let classical = choice(draft.classical, prepared, lowest: lowest)
      // Whether the network pays, and whether it pays at every quality.
      let gains = stride(from: 0.0, through: 100, by: 5).compactMap { quality -> Double? in
        guard let a = learned.logRate(learned.target(quality)),
          let b = classical.logRate(learned.target(quality))
        else { return nil }
        return b - a
      }
      if gains.reduce(0, +) > Self.leastGain * Double(gains.count) {
        let losesSomewhere = (gains.min() ?? 0) < -Self.leastGain
        let best =
          losesSomewhere ? choice(draft.learned + draft.classical, prepared, lowest: lowest) : learned
        return (choosing(draft, by: best), draft.pca)
      }
    }
    trained.network = nil
    let plain = draft.model.network == nil ? draft : self.draft(trained, prepared, linear, &random)
    let lowest = Self.lowestPSNR(
      classical: plain.classical, width: plain.model.width, highest: highestPSNR(prepared))
    return (choosing(plain, by: choice(plain.classical, prepared, lowest: lowest)), draft.pca)
  }

  /// Adds residual layers and qualities to a textbook VAE. The network stays, whether it pays or not.
  func finishEvidence(
    _ trained: Model, _ prepared: PreparedData, _ random: inout RandomSource
  ) -> (model: Model, pca: [CurvePoint]) {
    guard trained.network != nil else { return finish(trained, prepared, &random) }
    let linear = KLTLayer.fit(
      prepared.fit, components: prepared.components, kernels: kernels, workers: workers, random: &random)
    var trained = trained
    if linear.values * linear.components <= Self.largestBaseline { trained.baseline = linear }
    let draft = draft(trained, prepared, linear, &random)
    let choice = choice(draft.learned, prepared, lowest: Self.lowestPSNR(learned: draft.learned))
    return (choosing(draft, by: choice), draft.pca)
  }

  /// The quality ladder over candidates, from a lowest PSNR to the highest that suits the data.
  func choice(
    _ candidates: [OperatingPointSearch.Candidate], _ prepared: PreparedData, lowest: Double
  ) -> QualityLadder {
    QualityLadder(
      candidates, lowest: lowest, highest: highestPSNR(prepared),
      hasIntegers: prepared.model.output.isInteger,
      countsFiles: options.isCarried)
  }

  /// The PSNR of quality 0 with a network: the lower end of the network's range.
  static func lowestPSNR(learned candidates: [OperatingPointSearch.Candidate]) -> Double {
    candidates.filter(\.point.isWithoutLayers).map { QualityLadder.psnr($0.error) }.min() ?? 0
  }

  /// The PSNR of quality 0 without a network: where PCA takes one bit per sample, or an eighth of a bit per value; or,
  /// if the samples take no more than that at nearly every quality, ``widestRange`` below the highest.
  static func lowestPSNR(
    classical candidates: [OperatingPointSearch.Candidate], width: Int, highest: Double
  ) -> Double {
    let cheap = max(1, Double(width) / 8)
    let sketch = OperatingPointSearch.pareto(candidates).first { $0.bits >= cheap }
    return min(sketch.map { QualityLadder.psnr($0.error) } ?? 0, max(0, highest - Self.widestRange))
  }

  /// The range from quality 0 to 100 in dB without a network, if even a sketch is accurate.
  private static let widestRange = 50.0

  /// A network that saves less than this share of the bits on average is left out; and the layers of PCA are kept as an
  /// alternative if they save more than this.
  private static let leastGain = 0.01

  /// Adds the linear layer for the network's residual, `linear` (for coding without it), and the value layer.
  private func addLayers(
    _ model: inout Model, _ rows: PreparedData, _ linear: KLTLayer, _ random: inout RandomSource
  ) {
    var reached = Matrix(rows: rows.fit.rows, columns: rows.fit.columns)
    if let network = model.network {
      let reach = model.reconstruct(rows.fit, at: network.point(1), kernels, workers)
      let left = Matrix(rows: rows.fit.rows, columns: rows.fit.columns)
      kernels.table.pointee.add_scaled(
        rows.fit.buffer.pointer, -1, reach.buffer.pointer, left.buffer.pointer, rows.fit.buffer.count)
      let residual = PrincipalComponents(
        of: left, components: left.columns, kernels: kernels, workers: workers)
      model.layers.append(
        .fit(
          left, components: residual, sharing: options.samples == nil ? model.baseline : nil,
          kernels: kernels, workers: workers, random: &random))
      reached = reach
    }
    model.layers.append(linear)
    guard model.values <= Self.maximumForValueLayer else { return }
    let base = Matrix(rows: reached.rows, columns: model.values, model.dataUnits(reached, kernels))
    var square = 0.0
    for r in 0..<base.rows {
      for c in 0..<base.columns {
        let d = Double(base.row(r)[c]) - Double(rows.fitSamples.row(r)[c])
        square += d * d
      }
    }
    let deviation = Float((square / Double(base.rows * base.columns)).squareRoot())
    guard deviation > 0 else { return }
    var steps = [4, 2, 1, 0.5, 0.25, 0.125].map { Float($0) * deviation }
    if model.output.isInteger { steps = steps.filter { $0 > 1.5 } + [1] }
    model.valueLayer = .fit(
      rows.fitSamples, base: base, rule: model.output, steps: steps,
      unit: model.output.isInteger ? 1 : Self.unit(deviation),
      kernels: kernels, workers: workers, random: &random)
  }

  /// The power of two that values with this standard deviation are divided by before products are formed: 1 unless
  /// squares would leave the range of binary32.
  private static func unit(_ deviation: Float) -> Float {
    (-30...30).contains(deviation.exponent) ? 1 : deviation.binade
  }

  /// The maximum number of values for the value layer, which needs the covariances between all of them.
  static let maximumForValueLayer = 4096

  /// `draft` with the qualities of `choice`, at fine steps, without the parts that none of them uses.
  func choosing(_ draft: Draft, by choice: QualityLadder) -> Model {
    choosing(draft.model, by: choice.adding(draft.search.candidates(choice.proposals)))
  }

  /// `draft` with the qualities of `choice`, without the parts that none of them uses.
  func choosing(_ draft: Model, by choice: QualityLadder) -> Model {
    var model = draft
    guard !choice.efficient.isEmpty else {
      (model.network, model.layers, model.valueLayer) = (nil, [], nil)
      model.qualities = [OperatingPoint](repeating: OperatingPoint(network: nil, steps: []), count: 101)
      return model
    }
    var points = choice.chosen.map(\.point)
    for i in model.layers.indices.reversed() {
      let finest = points.map { $0.steps[i] }.filter { $0 > 0 }.min()
      let active = finest.map { model.layers[i].componentsActive(at: $0) } ?? 0
      if active > 0 {
        model.layers[i] = model.layers[i].keeping(first: active, kernels: kernels)
      } else {
        model.layers.remove(at: i)
        for p in points.indices { points[p].steps.remove(at: i) }
      }
    }
    if points.allSatisfy({ $0.valueStep == 0 }) { model.valueLayer = nil }
    if points.allSatisfy({ $0.network == nil }) { model.network = nil }
    model.qualities = points
    return model
  }
}
