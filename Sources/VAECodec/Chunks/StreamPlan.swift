import CodeStream
import VAE

/// What all chunks of a stream share: model, operating point, and the tables made of them. Prepared once, used by all
/// workers.
struct StreamPlan: Sendable {
  let model: Model
  let point: OperatingPoint
  let kernels: Kernels
  let tables: TableSet
  /// The most rows of a chunk.
  let chunkRows: Int

  /// Plain planes: latents and coefficients.
  var planes: Int { tables.planes }
  /// Levelled planes: values, where the value layer is on.
  var levelledPlanes: Int { point.valueStep > 0 ? model.values : 0 }

  /// - Parameter point: one that `model` accepts.
  init(_ model: Model, at point: OperatingPoint, chunkRows: Int, kernels: Kernels) {
    precondition(model.accepts(point) && chunkRows > 0)
    self.model = model
    self.point = point
    self.kernels = kernels
    self.chunkRows = chunkRows
    let weights = model.symbolWeights(at: point, kernels: kernels)
    func table(_ w: LogisticMixture.SymbolWeights) -> FrequencyTable {
      FrequencyTable(lowest: w.lowest, weights: w.weights, escape: w.escape, rawBits: w.rawBits)
    }
    tables = TableSet(
      tables: weights.distinct.map(table), index: weights.index,
      levels: point.valueStep > 0 ? model.levelWeights(kernels: kernels).map(table) : [])
  }

  /// Values of a chunk's samples: about so many keep memory small and every table's cost low.
  private static let chunkValues = 1 << 21
  /// More rows in a chunk save nothing.
  private static let mostChunkRows = 16_384

  /// Rows in a chunk, where nobody asks for another number.
  static func defaultChunkRows(values: Int) -> Int {
    max(1, min(mostChunkRows, chunkValues / max(1, values)))
  }

  /// As many rows in a chunk as are asked for, at least one, and no more than decoders accept.
  static func chunkRows(_ rows: Int, values: Int) -> Int {
    max(1, min(rows, StreamDetails.mostChunkRows, StreamDetails.mostChunkValues / max(1, values)))
  }
}
