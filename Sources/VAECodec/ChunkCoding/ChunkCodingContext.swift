import ByteIO
import EntropyCoding
import Tensor
import Transform
import VAEModel

/// What all chunks of a stream share: model, operating point, and the tables made of them. Prepared once, used by all
/// workers.
struct ChunkCodingContext: Sendable {
  let model: Model
  let point: OperatingPoint
  let kernels: Kernels
  let tables: TableSet
  /// The most rows of a chunk.
  let chunkRows: Int
  /// How much work encoders put into their choices.
  let effort: Effort

  /// Plain planes: latents.
  var planes: Int { tables.planes }
  /// Context-coded planes: coefficients, and values where the value layer is on.
  var contextCodedPlanes: Int { coefficientPlanes + (hasValues ? model.values : 0) }

  /// The linear layers that are on.
  let layers: [CoefficientLevels]
  /// Planes of coefficients.
  let coefficientPlanes: Int
  /// The first of the value layer's levels.
  let firstValueLevel: Int
  /// Whether the value layer is on.
  var hasValues: Bool { point.valueStep > 0 }

  /// - Parameter point: one that `model` accepts.
  init(
    _ model: Model, at point: OperatingPoint, chunkRows: Int, effort: Effort = .standard, kernels: Kernels
  ) {
    precondition(model.accepts(point) && chunkRows > 0)
    self.effort = effort
    self.model = model
    self.point = point
    self.kernels = kernels
    self.chunkRows = chunkRows
    layers = model.coefficientLevels(at: point)
    coefficientPlanes = layers.reduce(0) { $0 + $1.components }
    firstValueLevel = model.firstValueLevel(at: point)
    let latents = model.latentWeights(at: point, kernels: kernels)
    func table(_ w: LogisticMixture.SymbolWeights) -> FrequencyTable {
      FrequencyTable(lowest: w.lowest, weights: w.weights, escape: w.escape, rawBits: w.rawBits)
    }
    tables = TableSet(
      tables: latents.map(table), index: Array(latents.indices),
      levels: model.levelWeights(at: point, kernels: kernels).map(table))
  }

  /// What decoding a chunk of so many rows takes in memory: symbols, values of all rows where the value layer is on, and the
  /// samples, as they are, corrected, and as the numbers that are written.
  func decodingBytes(rows: Int, elementSize: Int) -> Int {
    let ofValue =
      (hasValues ? 3 * MemoryLayout<Float>.size : 0) + 3 * elementSize + MemoryLayout<Float>.size
      + MemoryLayout<Double>.size
    return MemoryLimit.sum(
      (rows, model.values * ofValue), (rows, (planes + coefficientPlanes) * MemoryLayout<Int32>.size))
  }

  /// Values of a chunk's samples: about so many keep memory small and every table's cost low.
  private static let chunkValues = 1 << 20
  /// More rows in a chunk save nothing.
  private static let maximumChunkRows = 16_384

  /// Text is learned anew in each chunk: so a chunk has as much as is coded in seconds.
  private static let (chunkText, maximumTextRows) = (1 << 23, 1 << 17)

  /// Rows in a chunk, where nobody asks for another number.
  ///
  /// - Parameter textBytes: of a row, where text is kept beside numbers.
  static func defaultChunkRows(values: Int, textBytes: Int? = nil) -> Int {
    let rows = chunkValues / max(1, values)
    guard let textBytes else { return max(1, min(maximumChunkRows, rows)) }
    return max(1, min(maximumTextRows, rows, chunkText / max(1, textBytes)))
  }

  /// As many rows in a chunk as are asked for, at least one, and no more than decoders accept.
  static func chunkRows(_ rows: Int, values: Int) -> Int {
    max(1, min(rows, StreamMetadata.maximumChunkRows, StreamMetadata.maximumChunkValues / max(1, values)))
  }
}
