import Tensor
import VAEModel

// PCA, the baseline that a model is compared with.

extension OperatingPointSearch {
  /// PCA's curve, from candidates without a network. Only errors of known values count.
  package func linearCurve(_ candidates: [Candidate]) -> [CurvePoint] {
    guard let linear = model.layers.last else { return [] }
    let unit = Double(model.scale) * model.scales.errorUnit
    let square = unit * unit
    let plain = candidates.filter { $0.point.valueStep == 0 }
    let steps = plain.map { $0.point.steps.last ?? 0 }
    let errors = knownErrors(linear, steps) ?? plain.map(\.error)
    return plain.indices.map {
      CurvePoint(
        bits: plain[$0].bits, error: errors[$0] * square, components: linear.componentsActive(at: steps[$0]))
    }
  }
}

extension Model {
  /// The rate-distortion curve of PCA with a uniform quantizer and an ideal entropy coder on `samples` (rows x values,
  /// in the data's units); basis and tables are those of the training rows. Missing values are coded as the mean, and
  /// have no error. Nil if the model has no baseline, or if it has an input projection, which mixes missing values with
  /// the others.
  package func linearCurve(_ samples: Matrix, kernels: Kernels, workers: Workers) -> [CurvePoint]? {
    guard let linear, samples.rows > 0, samples.columns == values else { return nil }
    let known = samples.weights(by: scales)
    guard known == nil || inputProjection == nil else { return nil }
    let hull = OperatingPointSearch(
      kernels: kernels, workers: workers,
      held: inNetworkSpace(standardized(samples, kernels: kernels), kernels, workers), heldSamples: samples,
      known: known, model: linear)
    return hull.linearCurve(hull.withoutNetwork())
  }
}

extension Matrix {
  /// The weight of each number's squared error: 0 if it is missing, and that of its column for tables. Nil if all weigh
  /// the same.
  package func weights(by scales: ValueScales) -> Matrix? {
    guard let weights = scales.errorWeights else { return hasMissing ? known() : nil }
    let result = known()
    for r in 0..<rows { for c in 0..<columns { result.row(r)[c] *= weights[c] } }
    return result
  }
}
