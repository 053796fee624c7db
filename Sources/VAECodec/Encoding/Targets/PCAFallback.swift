import Records
import Tensor
import Transform
import VAEModel

/// Decides whether PCA alone codes samples in fewer bits, at no more error, than the model's operating point for a
/// quality.
///
/// Fitting chose the operating points on rows similar to the training rows. If the samples differ from those, or are
/// noise, the latents and layers may cost more than they save. PCA then takes over, so that a stream is never much larger
/// than PCA's: the model's baseline or, if samples are too large for one, its last linear layer.
final class PCAFallback {
  /// The maximum number of rows tried, spread over the first chunk.
  private static let maximumRows = 256
  /// With fewer rows, chance would decide.
  private static let minimumRows = 16
  /// A low effort suffices: a higher one helps only the model's own points.
  private static let effort = Effort(1)
  /// The minimum share of the bytes that PCA must save.
  private static let leastGain = 0.01
  /// The number of attempts to find the step that leaves an equal error.
  private static let tries = 4

  private let model: Model
  /// What codes by PCA: the last of its linear layers does.
  private let linear: Model
  private let isBaseline: Bool
  private let batch: SampleBatch
  private let description: SampleDescription
  /// In the units of the model: for a table, those of its columns.
  private let numbers: [Float]
  private var rows: Int { batch.rows }
  private let kernels: Kernels

  /// - Returns: nil if the model has no linear layer, or there are too few rows.
  init?(_ model: Model, chunk: SampleBatch, kernels: Kernels) {
    let all = chunk.rows
    let linear = model.linear ?? model
    guard !linear.layers.isEmpty, all >= Self.minimumRows,
      // Scales know which values are integers; without them, errors are measured before rounding.
      let description = try? SampleDescription(
        elementType: model.scales.isIdentity ? .f4 : chunk.elementType, sampleShape: [chunk.valuesPerSample],
        format: .raw, rows: all)
    else { return nil }
    self.description = description
    guard let batch = chunk.spread(rows: Self.maximumRows) else { return nil }
    self.batch = batch
    numbers = batch.numbers(in: model.scales)
    (self.model, self.linear, isBaseline) = (model, linear, model.linear != nil)
    self.kernels = kernels
  }

  /// The setting of PCA for a quality; nil if the model's operating point is better.
  func setting(quality: Int) -> StreamMetadata.Setting? {
    let own = measure(model, model.qualities[quality])
    // Without error there is nothing to trade; without bits, nothing to save.
    guard own.error > 0, own.bytes > 0 else { return nil }
    return setting(error: own.error, bytes: (1 - Self.leastGain) * Double(own.bytes))
  }

  /// The setting of PCA with the squared error of uniformly distributed errors within a bound; nil if there is none.
  func setting(within errorBound: ErrorBound) -> StreamMetadata.Setting? {
    // A relative bound says nothing of the size of errors.
    let bounds = errorBound.bounds
    guard !bounds.contains(where: \.isRelative) else { return nil }
    let error = (0..<model.values).reduce(0.0) { sum, place in
      let bound =
        bounds.bound(ofColumn: place).size / (model.scales.isIdentity ? 1 : model.scales[place].scale)
      return sum + bound * bound / 3
    }
    return error > 0 ? setting(error: error, bytes: .infinity) : nil
  }

  /// The setting of PCA at the coarsest step found that leaves at most `error` per row, in fewer than `bytes`.
  private func setting(error: Double, bytes: Double) -> StreamMetadata.Setting? {
    var step = (Float((12 * error / Double(linear.values)).squareRoot()) / linear.scale).roundedToBFloat16
    var best: Float?
    for _ in 0..<Self.tries {
      guard step.isFinite, step > 1e-20 else { break }
      let found = measure(linear, point(step))
      let isAsGood = found.error <= error
      if isAsGood, Double(found.bytes) < bytes { best = max(best ?? 0, step) }
      // Components that are not coded leave less error than the step would, so the error grows more slowly than the
      // step's square.
      let ratio = Float((error / max(found.error, error * 1e-3)).squareRoot())
      let next = (step * min(4, max(0.25, ratio)) * (isAsGood ? 1 : 0.98)).roundedToBFloat16
      if next == step { break }
      step = next
    }
    return best.map(setting)
  }

  private func point(_ step: Float) -> OperatingPoint {
    OperatingPoint(network: nil, steps: linear.layers.dropLast().map { _ in 0 } + [step])
  }

  /// The setting of PCA at a step of 16 bits.
  private func setting(step: Float) -> StreamMetadata.Setting {
    isBaseline ? .linear(step: step) : .point(point(step))
  }

  /// The bytes of the sample's symbols, and the squared error that they leave.
  private func measure(_ model: Model, _ point: OperatingPoint) -> (bytes: Int, error: Double) {
    let plan = ChunkCodingContext(model, at: point, chunkRows: rows, effort: Self.effort, kernels: kernels)
    let codecs = ChunkCodecs(plan, description, workers: 1)
    let encoded = codecs.encode(batch, decodes: true, worker: 0)
    guard let decoded = encoded.decoded else { return (.max, .infinity) }
    var error = 0.0
    for (a, b) in zip(numbers, decoded.numbers(in: model.scales)) where a.isFinite {
      error += (Double(a) - Double(b)) * (Double(a) - Double(b))
    }
    return (encoded.frame.count, error / Double(rows))
  }
}

extension StreamMetadata.Setting {
  /// The same setting of PCA with a step that is finer by a number of decibels.
  func finer(decibels: Double) -> Self {
    let factor = Float(power(10, -decibels / 20))
    switch self {
    case .linear(let step): return .linear(step: (step * factor).roundedToBFloat16)
    case .point(var point):
      point.steps = point.steps.map { ($0 * factor).roundedToBFloat16 }
      return .point(point)
    case .quality, .withoutModel: return self
    }
  }
}
