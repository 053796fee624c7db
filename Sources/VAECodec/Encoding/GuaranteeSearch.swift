import CodeStream
import SampleIO
import VAE

/// Finds the setting with which a guarantee takes the fewest bytes: what the model's symbols save, the corrections cost
/// less to the left of it and more to the right.
///
/// Settings are tried on some rows of the first chunk: no symbols at all (then the model's means are the prediction), and
/// qualities, first far apart and then near the best.
struct GuaranteeSearch {
  /// Values that are tried at the most, and rows at the least.
  private static let (mostValues, fewestRows) = (1 << 15, 16)
  /// Distances of qualities that are tried: of all from one another, and then from the best.
  private static let coarse = 20
  private static let fine = [10, 5]
  /// A cheap effort will do: more helps all alike.
  private static let effort = 1

  private let pass: EncodingPass
  private let guarantee: Guarantee
  private let batch: SampleBatch

  /// - Parameters:
  ///   - first: the first chunk.
  init(_ pass: EncodingPass, _ guarantee: Guarantee, first: SampleBatch) {
    self.pass = pass
    self.guarantee = guarantee
    // Rows that follow one another: corrections may learn from the row before.
    let rows = min(first.rows, max(Self.fewestRows, Self.mostValues / first.valuesPerSample))
    batch = first.rows(0..<rows)
  }

  /// The setting without symbols: every value is predicted by the mean.
  static func nothing(of model: Model) -> StreamDetails.Setting {
    .point(OperatingPoint(network: nil, steps: model.layers.map { _ in 0 }))
  }

  /// The best setting.
  func setting() -> StreamDetails.Setting {
    var best = Self.nothing(of: pass.model.model)
    var bytes = size(best)
    var quality: Int?
    var tried: Set<Int> = []
    func attempt(_ candidate: Int) {
      guard (0...100).contains(candidate), tried.insert(candidate).inserted else { return }
      let found = size(.quality(candidate))
      if found < bytes { (best, bytes, quality) = (.quality(candidate), found, candidate) }
    }
    for candidate in stride(from: 0, through: 100, by: Self.coarse) { attempt(candidate) }
    for distance in Self.fine {
      guard let centre = quality else { break }
      attempt(centre - distance)
      attempt(centre + distance)
    }
    return best
  }

  /// Bytes of the sample's frame.
  private func size(_ setting: StreamDetails.Setting) -> Int {
    let details = StreamDetails(
      fingerprint: 0, setting: setting, chunkRows: batch.rows, rows: batch.rows, description: pass.description
    )
    guard let coding = details.coding(in: pass.model.model) else { return .max }
    let plan = StreamPlan(
      coding.model, at: coding.point, chunkRows: batch.rows,
      effort: Effort(min(pass.effort.level, Self.effort)), kernels: pass.codec.kernels)
    return ChunkCodecs(plan, pass.description, guarantee, workers: 1).encode(batch, worker: 0).count
  }
}
