import Records
import Tensor
import Transform
import VAEModel

/// Decides whether PCA alone codes samples in fewer bits, at no more error, than the model's operating point for a
/// quality.
///
/// Fitting chose the operating points on rows similar to the training rows. If the samples differ from those, or are
/// noise, the latents and layers may cost more than they save. The model's PCA baseline then takes over, so that a
/// stream is never much larger than PCA's. Results are cached by quality.
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
  private let linear: Model
  private let batch: SampleBatch
  private let description: SampleDescription
  /// In the units of the model: for a table, those of its columns.
  private let numbers: [Float]
  private var rows: Int { batch.rows }
  private let kernels: Kernels
  private var settings: [Int: StreamMetadata.Setting] = [:]

  /// - Returns: nil if the model has no baseline, or there are too few rows.
  init?(_ model: Model, chunk: SampleBatch, kernels: Kernels) {
    let all = chunk.rows
    guard let linear = model.linear, all >= Self.minimumRows,
      // Scales know which values are integers; without them, errors are measured before rounding.
      let description = try? SampleDescription(
        elementType: model.scales.isIdentity ? .f4 : chunk.elementType, sampleShape: [chunk.valuesPerSample],
        format: .raw, rows: all)
    else { return nil }
    self.description = description
    guard let batch = chunk.spread(rows: Self.maximumRows) else { return nil }
    self.batch = batch
    numbers = batch.numbers(in: model.scales)
    (self.model, self.linear) = (model, linear)
    self.kernels = kernels
  }

  /// The setting for a quality: the model's operating point, or PCA if that is better.
  func setting(quality: Int) -> StreamMetadata.Setting {
    if let known = settings[quality] { return known }
    let setting = linearStep(quality: quality).map { StreamMetadata.Setting.linear(step: $0) }
    settings[quality] = setting ?? .quality(quality)
    return setting ?? .quality(quality)
  }

  /// The step at which PCA is better than the model's operating point for a quality; nil if it is not.
  private func linearStep(quality: Int) -> Float? {
    let own = measure(model, model.qualities[quality])
    // Without error there is nothing to trade; without bits, nothing to save.
    guard own.error > 0, own.bytes > 0 else { return nil }
    var step = (Float((12 * own.error / Double(linear.values)).squareRoot()) / linear.scale).roundedToBFloat16
    var best: Float?
    for _ in 0..<Self.tries {
      guard step.isFinite, step > 1e-20 else { break }
      let found = measure(linear, OperatingPoint(network: nil, steps: [step]))
      let isAsGood = found.error <= own.error
      if isAsGood, Double(found.bytes) < (1 - Self.leastGain) * Double(own.bytes) {
        best = max(best ?? 0, step)
      }
      // Components that are not coded leave less error than the step would, so the error grows more slowly than the
      // step's square.
      let ratio = Float((own.error / max(found.error, own.error * 1e-3)).squareRoot())
      let next = (step * min(4, max(0.25, ratio)) * (isAsGood ? 1 : 0.98)).roundedToBFloat16
      if next == step { break }
      step = next
    }
    return best
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
