import Records
import Tensor
import Transform
import VAEModel

/// Finds the setting with which a guarantee takes the fewest bytes: what the model's symbols save, the corrections cost
/// less to the left of it and more to the right.
///
/// Settings are tried on some rows of the first chunk: no symbols at all (then the model's means are the prediction), and
/// qualities, first far apart and then near the best.
struct ErrorBoundSearch {
  /// Values that are tried at the most, and rows at the least.
  private static let (maximumValues, minimumRows) = (1 << 15, 16)
  /// Distances of qualities that are tried: of all from one another, and then from the best.
  private static let coarse = 10
  private static let fine = [5, 3]
  /// A cheap effort will do: more helps all alike.
  private static let effort = 1

  private let model: Model
  private let description: SampleDescription
  private let effort: Effort
  private let codec: Codec
  private let errorBound: ErrorBound
  private let batch: SampleBatch

  /// - Parameters:
  ///   - first: the first chunk.
  init(_ pass: StreamEncoder, _ errorBound: ErrorBound, first: SampleBatch) {
    self.init(
      pass.codec, pass.model.model, pass.description, errorBound, first: first, effort: pass.effort.level)
  }

  /// - Parameter model: of no use where nothing is tried but to do without.
  init(
    _ codec: Codec, _ model: Model, _ description: SampleDescription, _ errorBound: ErrorBound,
    first: SampleBatch, effort: Int
  ) {
    (self.model, self.description, self.codec, self.errorBound) = (model, description, codec, errorBound)
    self.effort = Effort(min(effort, Self.effort))
    // Rows that follow one another: corrections may learn from the row before.
    let rows = min(first.rows, max(Self.minimumRows, Self.maximumValues / first.valuesPerSample))
    batch = first.rows(0..<rows)
  }

  /// The setting without symbols: every value is predicted by the mean.
  static func nothing(of model: Model) -> StreamMetadata.Setting {
    .point(OperatingPoint(network: nil, steps: model.layers.map { _ in 0 }))
  }

  /// A guarantee with its best setting; or losslessness, where that takes no more bytes.
  ///
  /// - Parameter first: the first chunk.
  static func cheapest(
    _ errorBound: ErrorBound, _ pass: StreamEncoder, first: SampleBatch
  ) -> StreamEncoder.Bound {
    let (setting, bytes) = ErrorBoundSearch(pass, errorBound, first: first).best()
    let exact = ErrorBoundSearch(pass, pass.units.lossless, first: first).size(setting)
    return (exact <= bytes ? pass.units.lossless : errorBound, setting)
  }

  /// The best setting.
  func setting() -> StreamMetadata.Setting { best().setting }

  /// The best setting, and the bytes of the sample's frame with it.
  private func best() -> (setting: StreamMetadata.Setting, bytes: Int) {
    var best = Self.nothing(of: model)
    var bytes = Int.max
    func attempt(_ settings: [StreamMetadata.Setting]) {
      for (setting, size) in zip(settings, sizes(settings)) where size < bytes {
        (best, bytes) = (setting, size)
      }
    }
    attempt([best] + stride(from: 0, through: 100, by: Self.coarse).map { .quality($0) })
    for distance in Self.fine {
      guard case .quality(let centre) = best else { break }
      attempt([centre - distance, centre + distance].filter((0...100).contains).map { .quality($0) })
    }
    return (best, bytes)
  }

  /// Bytes of the sample's frame without a model.
  func bytesWithoutModel() -> Int { size(.withoutModel) }

  /// Bytes of the sample's frame with each setting; as many are tried at once as there are workers.
  private func sizes(_ settings: [StreamMetadata.Setting]) -> [Int] {
    let sizes = Slots<Int>(count: settings.count)
    codec.workers.forEach(settings.count) { sizes[$0] = size(settings[$0]) }
    return sizes.array
  }

  private func size(_ setting: StreamMetadata.Setting) -> Int {
    let details = StreamMetadata(
      setting: setting, model: nil, chunkRows: batch.rows, rows: batch.rows, description: description)
    guard let coding = details.coding(in: model) else { return .max }
    let plan = ChunkCodingContext(
      coding.model, at: coding.point, chunkRows: batch.rows, effort: effort, kernels: codec.kernels)
    return ChunkCodecs(plan, description, errorBound, workers: 1).bytesOfTrial(batch, worker: 0)
  }
}
