import Tensor
import Transform
import VAEModel

extension ModelFit {

  /// A model with all its layers, and what each way to code by it costs on held-out rows.
  struct Draft {
    let model: Model
    /// Candidates with the network, and those that do without.
    let learned: [OperatingPointSearch.Candidate]
    let classical: [OperatingPointSearch.Candidate]
    /// PCA's curve on held-out rows.
    let pca: [CurvePoint]
  }

  /// The PSNR of the last quality's point, in standardized units against a peak of 1: below the data's own noise, which is half a
  /// unit where values are integers (less where they hardly vary), else 70 dB below the peak, and 30 dB below the variance:
  /// columns far from one another have a peak of many deviations.
  func highestPSNR(_ prepared: PreparedData) -> Double {
    let square = Double(prepared.model.scale) * Double(prepared.model.scale)
    let peak = prepared.peak
    let finest =
      prepared.model.output.isInteger
      ? min(0.25, 0.01 * square) : min(peak * peak * 1e-7, 0.001 * square)
    return QualityLadder.psnr(finest / square)
  }

  /// Adds residual layers to a model that has means, scale and perhaps a network, and measures candidates.
  ///
  /// - Parameter linear: the layer that does without a network.
  func draft(
    _ trained: Model, _ prepared: PreparedData, _ linear: KLTLayer, _ random: inout RandomSource
  ) -> Draft {
    var model = trained
    addLayers(&model, prepared, linear, &random)
    // Candidates are hundreds, and all are compared on the same rows: some are enough.
    let rows = max(Self.minimumComparedRows, Self.comparedValues / model.width)
    let hull = OperatingPointSearch(
      kernels: kernels, workers: workers, held: prepared.held.spread(rows: rows),
      heldSamples: prepared.heldSamples.spread(rows: rows), known: prepared.heldKnown?.spread(rows: rows),
      fit: prepared.fit, model: model, fileRows: options.isCarried ? options.samples : nil)
    let classical = hull.withoutNetwork()
    // On an input projection nobody knows which part of an error is that of missing values: there is no curve to compare with.
    let isComparable =
      prepared.statistics.missing == 0 && !prepared.model.scales.isByColumn || prepared.heldKnown != nil
    return Draft(
      model: model, learned: hull.withNetwork(), classical: classical,
      pca: isComparable ? hull.linearCurve(classical) : [])
  }

  /// The number of held-out values to compare candidates on, and the minimum number of held-out rows, if available.
  private static let comparedValues = 1 << 18
  private static let minimumComparedRows = 256

  /// Adds residual layers and qualities to a model that has means, scale and perhaps a network; leaves out every part
  /// that does not pay.
  ///
  /// - Returns: the finished model, and PCA's curve on held-out rows.
  func finish(
    _ trained: Model, _ prepared: PreparedData, _ random: inout RandomSource
  ) -> (model: Model, pca: [CurvePoint]) {
    let linear = KLTLayer.fit(
      prepared.fit, components: prepared.components, kernels: kernels, workers: workers, random: &random)
    var trained = trained
    if trained.values <= Self.widestBaseline { trained.baseline = linear }
    let draft = draft(trained, prepared, linear, &random)
    if !draft.learned.isEmpty {
      let lowest = Self.lowestPSNR(learned: draft.learned)
      let learned = choice(draft.learned, prepared, lowest: lowest)
      let classical = choice(draft.classical, prepared, lowest: lowest)
      // Does the network pay, and does it pay everywhere?
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
        return (choosing(draft.model, by: best), draft.pca)
      }
    }
    trained.network = nil
    let plain = draft.model.network == nil ? draft : self.draft(trained, prepared, linear, &random)
    let lowest = Self.lowestPSNR(
      classical: plain.classical, width: plain.model.width, highest: highestPSNR(prepared))
    return (choosing(plain.model, by: choice(plain.classical, prepared, lowest: lowest)), draft.pca)
  }

  /// Adds residual layers and qualities to a textbook VAE: the network stays, whether it pays or not.
  func finishEvidence(
    _ trained: Model, _ prepared: PreparedData, _ random: inout RandomSource
  ) -> (model: Model, pca: [CurvePoint]) {
    guard trained.network != nil else { return finish(trained, prepared, &random) }
    let linear = KLTLayer.fit(
      prepared.fit, components: prepared.components, kernels: kernels, workers: workers, random: &random)
    var trained = trained
    if trained.values <= Self.widestBaseline { trained.baseline = linear }
    let draft = draft(trained, prepared, linear, &random)
    let choice = choice(draft.learned, prepared, lowest: Self.lowestPSNR(learned: draft.learned))
    return (choosing(draft.model, by: choice), draft.pca)
  }

  /// The choice among candidates, from a lowest PSNR to the highest that the data ask for.
  func choice(
    _ candidates: [OperatingPointSearch.Candidate], _ prepared: PreparedData, lowest: Double
  ) -> QualityLadder {
    QualityLadder(
      candidates, lowest: lowest, highest: highestPSNR(prepared),
      hasIntegers: prepared.model.output.isInteger,
      countsFiles: options.isCarried)
  }

  /// The PSNR of quality 0 with a network: where its own range begins.
  static func lowestPSNR(learned candidates: [OperatingPointSearch.Candidate]) -> Double {
    candidates.filter(\.point.isWithoutLayers).map { QualityLadder.psnr($0.error) }.min() ?? 0
  }

  /// The PSNR of quality 0 without a network: a sketch is where PCA has spent a bit a sample or an eighth of a bit a
  /// value; or, of samples that take no more than that at nearly every quality, ``widestRange`` below the highest.
  static func lowestPSNR(
    classical candidates: [OperatingPointSearch.Candidate], width: Int, highest: Double
  ) -> Double {
    let cheap = max(1, Double(width) / 8)
    let sketch = OperatingPointSearch.pareto(candidates).first { $0.bits >= cheap }
    return min(sketch.map { QualityLadder.psnr($0.error) } ?? 0, max(0, highest - Self.widestRange))
  }

  /// From quality 0 to 100 without a network, where a sketch is already fine: in dB.
  private static let widestRange = 50.0

  /// A network must save this share of the bits on average, or it is left out; and the layers of PCA are kept where
  /// they save more.
  private static let leastGain = 0.01

  /// The linear layer for what the network leaves, `linear` (which does without it), and the layer by values.
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
        .fit(left, components: residual, kernels: kernels, workers: workers, random: &random))
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

  /// The power of two by which values of this deviation are divided before they are multiplied with each other: 1, but
  /// where squares would leave the range of binary32.
  private static func unit(_ deviation: Float) -> Float {
    (-30...30).contains(deviation.exponent) ? 1 : deviation.binade
  }

  /// The covariances between all values are too many beyond this.
  static let maximumForValueLayer = 4096

  /// `draft` with the qualities of `choice`, without what none of them uses.
  func choosing(_ draft: Model, by choice: QualityLadder) -> Model {
    var model = draft
    guard !choice.efficient.isEmpty else {
      (model.network, model.layers, model.valueLayer) = (nil, [], nil)
      model.qualities = [OperatingPoint](repeating: OperatingPoint(network: nil, steps: []), count: 101)
      return model
    }
    var points = (0...100).map { choice.point(Double($0)) }
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
