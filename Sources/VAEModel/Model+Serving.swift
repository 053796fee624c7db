import Tensor

// The part of a model that one operating point uses, which a file embeds for its streams.

extension Model {
  /// A model of only what `point` uses, and the point in terms of it. It has no qualities, baseline or metadata.
  ///
  /// It omits layers that the point leaves out, anchors of the network that are not next to its quality, and components
  /// of linear layers that are too small to be coded at their step.
  ///
  /// - Parameter rows: the rows of all streams that the model is for; nil if there are many, or their number is
  ///   unknown. Otherwise numbers are rounded as coarsely as that many rows allow, and components that save less than
  ///   they take are omitted too.
  package func serving(
    _ point: OperatingPoint, rows: Int? = nil, kernels: Kernels
  ) -> (model: Model, point: OperatingPoint) {
    var model = self
    var served = point
    model.baseline = nil
    model.qualities = []
    model.notes = []
    model.network = nil
    if let part = point.network, let network {
      let (reduced, quality) = network.serving(quality: part.quality)
      model.network = reduced
      served.network?.quality = quality
    }
    let used = coefficientLayers(at: point)
    model.layers = used.map { layer, step in layer.serving(step: step, rows: rows, kernels: kernels) }
    served.steps = used.map(\.step)
    if point.valueStep == 0 { model.valueLayer = nil }
    if model.network == nil, model.layers.isEmpty { model.inputProjection = nil }
    if let rows, let step = servedStep(ofMeansAt: point, rows: rows) {
      model.means = means.map { ($0 / step).rounded(.toNearestOrEven) * step }
    }
    return (model, served)
  }

  /// The unit that means are rounded to in a model for `rows` rows: a power of two, so that products are exact. Nil if
  /// they stay as they are.
  package func servedStep(ofMeansAt point: OperatingPoint, rows: Int) -> Float? {
    // A network was trained on the deviations from exactly these means.
    guard point.network == nil else { return nil }
    let steps =
      point.steps.filter { $0 > 0 }.map { $0 * scale } + (point.valueStep > 0 ? [point.valueStep] : [])
    guard let finest = steps.min() else { return nil }
    let step = (finest / Float(rows).squareRoot()).binade
    return step.isNormal && means.allSatisfy { ($0 / step).magnitude < 0x1p24 } ? step : nil
  }
}

extension Model.Network {
  /// The network with only the two anchors next to a quality, and the quality relative to these.
  ///
  /// The other anchors have no weight there, so the results are identical.
  fileprivate func serving(quality: Float) -> (network: Model.Network, quality: Float) {
    let a = parameters.architecture
    let place = max(0, min(quality, 1)) * Float(a.anchors - 1)
    let first = min(Int(place), a.anchors - 2)
    let smaller = Architecture(
      values: a.values, latents: a.latents, hidden: a.hidden, anchors: 2, activation: a.activation,
      grid: a.grid)
    let biases = [a.encoder, a.decoder].flatMap { [$0.linear.bias, $0.gain] + $0.hidden.map(\.bias) }
    let conditioned = Set((biases + [a.prior]).map(\.offset))
    let matrices = zip(a.entries.suffix(stored.count), stored).map { entry, matrix in
      conditioned.contains(entry.offset) ? matrix.keeping(rows: [first, first + 1]) : matrix
    }
    let network = Model.Network(
      smaller, stored: matrices, inverseDeviation: inverseDeviation, qualities: qualities, elbo: elbo,
      logistic: logistic)
    return (network, place - Float(first))
  }
}
