import Records
import Tensor
import Transform
import VAEModel

/// Whether PCA alone codes samples in fewer bits than the point that the model has for a quality, at no more error.
///
/// The fit chose the points on rows like those that it learned from. Where samples are of another kind, or are noise, what
/// network and layers say about them may cost more than it saves: then the model's baseline takes over, and a stream is
/// never much larger than PCA's. What it has found out about a quality it keeps.
final class PCAFallback {
  /// Rows that it is tried on at the most, spread over the first chunk.
  private static let maximumRows = 256
  /// With fewer, chance would decide.
  private static let minimumRows = 16
  /// A cheap effort will do: more helps the model's own points alone.
  private static let effort = Effort(1)
  /// PCA must save this share of the bytes.
  private static let leastGain = 0.01
  /// Tries to find the step that leaves as much error.
  private static let tries = 4

  private let model: Model
  private let linear: Model
  private let batch: SampleBatch
  private let description: SampleDescription
  /// The model's: of a table, they are in units of its columns.
  private let numbers: [Float]
  private var rows: Int { batch.rows }
  private let kernels: Kernels
  private var settings: [Int: StreamMetadata.Setting] = [:]

  /// - Returns: nil where the model has no baseline, or rows are too few.
  init?(_ model: Model, chunk: SampleBatch, kernels: Kernels) {
    let all = chunk.rows
    guard let linear = model.linear, all >= Self.minimumRows,
      // Scales know what is whole; without them, errors are those before values are rounded.
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

  /// The setting for a quality: the model's point, or PCA where that is better.
  func setting(quality: Int) -> StreamMetadata.Setting {
    if let known = settings[quality] { return known }
    let setting = linearStep(quality: quality).map { StreamMetadata.Setting.linear(step: $0) }
    settings[quality] = setting ?? .quality(quality)
    return setting ?? .quality(quality)
  }

  /// The step at which PCA is better than the model's point of a quality; nil where it is not.
  private func linearStep(quality: Int) -> Float? {
    let own = measure(model, model.qualities[quality])
    // Without error there is nothing to trade, and without bits nothing to save.
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
      // Components that are not coded leave less than a step would: the error grows more slowly than its square.
      let ratio = Float((own.error / max(found.error, own.error * 1e-3)).squareRoot())
      let next = (step * min(4, max(0.25, ratio)) * (isAsGood ? 1 : 0.98)).roundedToBFloat16
      if next == step { break }
      step = next
    }
    return best
  }

  /// Bytes of the sample's symbols, and the squared error that they leave.
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
