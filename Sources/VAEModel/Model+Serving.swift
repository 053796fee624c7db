import Tensor

// The part of a model that one operating point uses: what a file carries for its streams.

extension Model {
  /// A model of only what `point` uses, and the point in its terms. It has no qualities, no baseline and no notes.
  ///
  /// Layers that the point leaves out go; so do the network's anchors that are not next to its quality, and the
  /// components of linear layers that are too small for their step to be coded.
  ///
  /// - Parameter rows: of all the streams that the model is for; nil where they are many or not known. Numbers are rounded as
  ///   coarsely as so few allow, and components that save these rows less than they take go as well.
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

  /// What means are rounded to multiples of in a model for `rows` rows: a power of two, so that products are exact. Nil where
  /// they stay as they are.
  package func servedStep(ofMeansAt point: OperatingPoint, rows: Int) -> Float? {
    // A network was trained on the deviations from these very means.
    guard point.network == nil else { return nil }
    let steps =
      point.steps.filter { $0 > 0 }.map { $0 * scale } + (point.valueStep > 0 ? [point.valueStep] : [])
    guard let finest = steps.min() else { return nil }
    let step = (finest / Float(rows).squareRoot()).binade
    return step.isNormal && means.allSatisfy { ($0 / step).magnitude < 0x1p24 } ? step : nil
  }
}

extension Model.Network {
  /// The network with the two anchors next to a quality alone, and the quality between these.
  ///
  /// The other anchors have no weight there, so that all that is computed stays the same.
  fileprivate func serving(quality: Float) -> (network: Model.Network, quality: Float) {
    let a = parameters.architecture
    let place = max(0, min(quality, 1)) * Float(a.anchors - 1)
    let first = min(Int(place), a.anchors - 2)
    let smaller = Architecture(
      values: a.values, latents: a.latents, hidden: a.hidden, anchors: 2, activation: a.activation)
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
