import ByteIO
import EntropyCoding
import Records
import Tensor
import Transform
import VAEModel

/// What all chunks of a stream share: the model, the operating point and the tables derived from them. It is prepared
/// once and used by all workers.
struct ChunkCodingContext: Sendable {
  let model: Model
  let point: OperatingPoint
  let kernels: Kernels
  let tables: TableSet
  /// The maximum number of rows in a chunk.
  let chunkRows: Int
  /// The effort of the encoder's search.
  let effort: Effort
  /// Told of the values that are done; nil for nobody, as of trials.
  var progress: CodingProgress?

  /// The number of plain planes: latents.
  var planes: Int { tables.planes }
  /// The number of context-coded planes: coefficients, and values if the value layer is on.
  var contextCodedPlanes: Int { coefficientPlanes + (hasValues ? model.values : 0) }

  /// The linear layers that are on.
  let layers: [CoefficientLevels]
  /// The number of planes of coefficients.
  let coefficientPlanes: Int
  /// The first level of the value layer.
  let firstValueLevel: Int
  /// Whether the value layer is on.
  var hasValues: Bool { point.valueStep > 0 }

  /// - Parameter point: an operating point that is valid for `model`.
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

  /// The memory in bytes that decoding a chunk of `rows` rows takes: symbols, the values of all rows if the value layer
  /// is on, the samples before correction, after it, and as they are written, and the state of the coder of values.
  ///
  /// - Parameter isCorrected: whether there is an error bound.
  func decodingBytes(rows: Int, _ description: SampleDescription, isCorrected: Bool) -> Int {
    let elementSize = description.elementType.size
    let ofValue =
      (hasValues ? 3 * MemoryLayout<Float>.size : 0) + 3 * elementSize + MemoryLayout<Float>.size
      + MemoryLayout<Double>.size
    let isWide = description.elementType.isWide
    let state =
      model.isEmpty || isCorrected && !isWide
      ? GridCoder.stateBytes(of: description, rows: rows, hasBase: !model.isEmpty)
      : isCorrected ? MemoryLimit.sum((model.values, IntegerCorrectionCoder.stateBytes)) : 0
    return MemoryLimit.sum(
      (state, 1), (rows, model.values * ofValue),
      (rows, (planes + coefficientPlanes) * MemoryLayout<Int32>.size))
  }

  /// The preferred number of values in a chunk: it keeps memory small, and the share of each table's cost low.
  private static let chunkValues = 1 << 20
  /// More rows in a chunk save nothing.
  private static let maximumChunkRows = 16_384

  /// Text is learned anew in each chunk, so chunks are large; but each should be coded in seconds.
  private static let (chunkText, maximumTextRows) = (1 << 23, 1 << 17)

  /// Without a model, values are learned anew in each chunk.
  private static let chunkValuesWithoutModel = 1 << 21

  /// The default number of rows in a chunk.
  ///
  /// - Parameters:
  ///   - textBytes: the bytes of text per row, if text is kept beside the values.
  ///   - hasModel: whether values are coded by a model.
  static func defaultChunkRows(values: Int, textBytes: Int? = nil, hasModel: Bool = true) -> Int {
    let rows = (hasModel ? chunkValues : chunkValuesWithoutModel) / max(1, values)
    guard let textBytes else { return max(1, hasModel ? min(maximumChunkRows, rows) : rows) }
    return max(1, min(maximumTextRows, rows, chunkText / max(1, textBytes)))
  }

  /// The share of the standard memory limit that the values of a solid chunk take; the bytes that decoding takes per value, beside
  /// those of its type; and the text of such a chunk.
  private static let (solidShare, solidValueBytes, solidText) = (0.6, 144, 1 << 26)

  /// The number of rows in a chunk that is as large as decoders with the standard memory limit allow.
  ///
  /// - Parameters:
  ///   - elementSize: the bytes of a value.
  ///   - textBytes: the bytes of text per row, if text is kept beside the values.
  static func solidChunkRows(values: Int, elementSize: Int, textBytes: Int? = nil) -> Int {
    let bytes = Int(solidShare * Double(MemoryLimit.standard.bytes))
    let rows =
      bytes / MemoryLimit.sum((max(1, values), solidValueBytes + 3 * elementSize), (1, textBytes ?? 0))
    return max(1, min(rows, solidText / max(1, textBytes ?? 1)))
  }

  /// The requested number of rows in a chunk, clamped to what decoders accept, at least 1.
  static func chunkRows(_ rows: Int, values: Int) -> Int {
    max(1, min(rows, StreamMetadata.maximumChunkRows, StreamMetadata.maximumChunkValues / max(1, values)))
  }
}
