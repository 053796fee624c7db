extension ModelFit {
  /// What the layers are fitted to and judged by.
  struct Rows {
    /// Standardized, in the space of the network.
    let fit: Matrix
    let held: Matrix
    /// In the data's units.
    let fitSamples: Matrix
    let heldSamples: Matrix
  }

  /// A point of a rate-distortion curve on held-out rows: bits a sample, and mean squared error in the data's units.
  public struct CurvePoint: Equatable, Sendable {
    public var bits: Double
    public var error: Double
    /// Components that are coded at all.
    public var components: Int
  }

  /// Adds residual layers and qualities to a model that has means, scale and perhaps a network; leaves out every part
  /// that does not pay.
  ///
  /// - Returns: the finished model, and PCA's curve on held-out rows.
  func finish(
    _ trained: Model, _ rows: Rows, _ components: PrincipalComponents, peak: Double,
    _ random: inout RandomSource
  ) -> (model: Model, pca: [CurvePoint]) {
    var model = trained
    let linear = ResidualLayer.fit(
      rows.fit, components: components, kernels: kernels, workers: workers, random: &random)
    if model.values <= Self.widestBaseline { model.baseline = linear }
    let draft = model
    addLayers(&model, rows, linear, &random)
    var hull = OperatingHull(
      kernels: kernels, workers: workers, held: rows.held, heldSamples: rows.heldSamples, model: model)
    let without = hull.withoutNetwork()
    let square = Double(model.scale) * Double(model.scale)
    let pca = hull.linearCurve(without)
    // In standardized units, PSNR against a peak of 1.
    // Below the data's own noise: half a unit where values are integers (less where they hardly vary), else 70 dB.
    let finest = model.output.isInteger ? min(0.25, 0.01 * square) : peak * peak * 1e-7
    let highest = QualityChoice.psnr(finest / square)
    var with = hull.withNetwork()
    if !with.isEmpty {
      let lowest =
        with.filter(\.point.isWithoutLayers)
        .map { QualityChoice.psnr($0.error) }.min() ?? 0
      let learned = QualityChoice(with, lowest: lowest, highest: highest, hasIntegers: model.output.isInteger)
      let classical = QualityChoice(
        without, lowest: lowest, highest: highest, hasIntegers: model.output.isInteger)
      // Does the network pay, and does it pay everywhere?
      let gains = stride(from: 0.0, through: 100, by: 5).compactMap { quality -> Double? in
        guard let a = learned.logRate(learned.target(quality)),
          let b = classical.logRate(learned.target(quality))
        else { return nil }
        return b - a
      }
      if gains.reduce(0, +) > Self.leastGain * Double(gains.count) {
        let losesSomewhere = (gains.min() ?? 0) < -Self.leastGain
        if losesSomewhere {
          with += without
        } else {
          model.layers.removeLast()
          with = with.map(\.withoutLastLayer)
        }
        choose(&model, with, lowest: lowest, highest: highest)
        return (model, pca)
      }
      model = draft
      model.network = nil
      addLayers(&model, rows, linear, &random)
      hull = OperatingHull(
        kernels: kernels, workers: workers, held: rows.held, heldSamples: rows.heldSamples, model: model)
    }
    let all = hull.withoutNetwork()
    // Without a network, a sketch is where PCA has spent a bit a sample or an eighth of a bit a value.
    let cheap = max(1, Double(model.width) / 8)
    let lowest =
      OperatingHull.pareto(all).first { $0.bits >= cheap }.map { QualityChoice.psnr($0.error) } ?? 0
    choose(&model, all, lowest: min(lowest, highest), highest: highest)
    return (model, pca)
  }

  /// A network must save this share of the bits on average, or it is left out; and the layers of PCA are kept where
  /// they save more.
  private static let leastGain = 0.01

  /// The linear layer for what the network leaves, `linear` (which does without it), and the layer by values.
  private func addLayers(
    _ model: inout Model, _ rows: Rows, _ linear: ResidualLayer, _ random: inout RandomSource
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
    guard model.values <= Self.mostForValueLayer else { return }
    let base = model.dataUnits(reached, kernels, workers)
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
      rows.fitSamples, base: base, rule: model.output, steps: steps, kernels: kernels, workers: workers,
      random: &random)
  }

  /// The covariances between all values are too many beyond this.
  static let mostForValueLayer = 4096

  /// Sets the qualities, and drops what none of them uses.
  private func choose(
    _ model: inout Model, _ candidates: [OperatingHull.Candidate], lowest: Double, highest: Double
  ) {
    let choice = QualityChoice(
      candidates, lowest: lowest, highest: highest, hasIntegers: model.output.isInteger)
    guard !choice.efficient.isEmpty else {
      // Nothing varies: the means say all.
      (model.network, model.layers, model.valueLayer) = (nil, [], nil)
      model.qualities = [OperatingPoint](repeating: OperatingPoint(network: nil, steps: []), count: 101)
      return
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
    model.qualities = points
  }
}

extension OperatingHull {
  /// PCA's curve, of candidates without a network.
  func linearCurve(_ candidates: [Candidate]) -> [ModelFit.CurvePoint] {
    guard let linear = model.layers.last else { return [] }
    let square = Double(model.scale) * Double(model.scale)
    return candidates.filter { $0.point.valueStep == 0 }.map {
      ModelFit.CurvePoint(
        bits: $0.bits, error: $0.error * square,
        components: linear.componentsActive(at: $0.point.steps.last ?? 0))
    }
  }
}

extension Model {
  /// Rate and distortion of PCA with a uniform quantizer and an ideal entropy coder on `samples` (rows x values, in the
  /// data's units): basis and tables of the rows that were fitted. Nil where the model has no baseline.
  public func linearCurve(_ samples: Matrix, kernels: Kernels, workers: Workers) -> [ModelFit.CurvePoint]? {
    guard let baseline, front == nil, samples.rows > 0, samples.columns == values else { return nil }
    let standardized = samples.copy(rows: 0..<samples.rows)
    standardize(standardized, kernels)
    var linear = self
    (linear.network, linear.layers, linear.valueLayer) = (nil, [baseline], nil)
    let hull = OperatingHull(
      kernels: kernels, workers: workers, held: standardized, heldSamples: samples, model: linear)
    return hull.linearCurve(hull.withoutNetwork())
  }

  /// (x - means) / scale, in place.
  func standardize(_ x: Matrix, _ kernels: Kernels) {
    standardize(x.row(0), stride: x.stride, rows: x.rows, into: x, kernels)
  }
}

extension OperatingHull.Candidate {
  /// The same for a model without its last layer, which this candidate does not use.
  var withoutLastLayer: Self {
    var copy = self
    copy.point.steps.removeLast()
    return copy
  }
}
