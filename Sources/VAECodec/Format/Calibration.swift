import ByteIO

/// What the rows that a fit held out cost, so that other rows can be compared with them.
///
/// The score of a row is the Lagrangian that rate-distortion theory minimizes, in bits: its rate at ``quality``, plus
/// ``errorPrice`` for each unit of its mean squared error.
struct Calibration: Equatable, Sendable {
  /// Bits per unit of mean squared error, in the squared units of `ErrorScale`: minus the slope of the rate-distortion
  /// curve.
  let errorPrice: Double
  /// The scores of held-out rows, in bits.
  let scores: StoredDistribution
  /// The numbers of each value of a sample in held-out rows, in the model's units; empty for large samples.
  let columns: [StoredDistribution]

  /// The quality at which rows are scored.
  static let quality = 50.0
  /// The number of edges of scores.
  static let scoreEdges = 128
  /// Samples with more values than this have no distributions of columns, which would make a model large.
  static let maximumColumns = 256

  /// The number of edges for each of `columns` columns: fewer if there are many.
  static func edges(columns: Int) -> Int { max(4, min(16, 256 / max(1, columns))) }

  init(errorPrice: Double, scores: StoredDistribution, columns: [StoredDistribution]) {
    self.errorPrice = errorPrice
    self.scores = scores
    self.columns = columns
  }

  func encode() -> [UInt8] {
    var w = ByteWriter()
    w.append(errorPrice)
    scores.encode(to: &w)
    w.append(count: columns.count)
    for column in columns { column.encode(to: &w) }
    return w.bytes
  }

  /// Nil if the bytes are not what ``encode()`` writes for a model of `values` values.
  init?(_ bytes: [UInt8], values: Int) {
    var r = ByteReader(bytes)
    guard let price = try? r.double(), price >= 0, price.isFinite,
      let scores = StoredDistribution(&r), scores.count > 0, !scores.edges.isEmpty,
      let count = try? r.count(), count == 0 || (count == values && count <= Self.maximumColumns)
    else { return nil }
    var columns: [StoredDistribution] = []
    for _ in 0..<count {
      guard let column = StoredDistribution(&r) else { return nil }
      columns.append(column)
    }
    guard r.remaining == 0 else { return nil }
    self.init(errorPrice: price, scores: scores, columns: columns)
  }
}
