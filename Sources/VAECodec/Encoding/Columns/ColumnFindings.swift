import Records
import Transform

/// What samples, or a model of them, lose without anybody having asked for it, by column.
public struct ColumnFindings: Equatable, Sendable {
  /// Columns that come back as little more than their mean; see ``collapsed(_:_:)``.
  public var collapsed: [Column] = []
  /// Values that repeat far outside all others; see ``FillValue``.
  public var fillValues: [FillValue] = []

  /// Nothing is lost.
  public init() {}

  /// What was found.
  init(collapsed: [Column], fillValues: [FillValue]) {
    self.collapsed = collapsed
    self.fillValues = fillValues
  }

  /// A column of a table.
  public struct Column: Equatable, Sendable {
    /// From 1.
    public var number: Int
    /// nil if columns have no names.
    public var name: String?
  }
}

extension SampleDescription {
  /// Whether a sample is a row of columns, each a quantity of its own, and not an array of one.
  var isTable: Bool { sampleShape.count <= 1 }

  /// The column of a place, from 0.
  func column(_ place: Int) -> ColumnFindings.Column {
    guard case .delimited(let style) = format, let names = style.header, names.indices.contains(place) else {
      return ColumnFindings.Column(number: place + 1, name: nil)
    }
    return ColumnFindings.Column(number: place + 1, name: names[place])
  }
}

// Columns that disappear. Where a model has one scale for all values, what varies by less than its error is not coded: by
// reverse water-filling that is right for the error of all, and a loss for whoever looks at such a column.

extension ColumnFindings {
  /// Fewer values say nothing about a column.
  private static let minimumValues = 16
  /// A column has collapsed where this share of its variance is missing in what was decoded,
  private static let lostShare = 0.9
  /// and its deviation is below this share of the root mean square error of all values, or it does not vary any more.
  private static let smallShare = 0.5
  /// Columns whose range is more deviations than this hold one value but for a few rows: these say too little.
  private static let widestRange = 8.0

  /// The places of columns that vary in `original`, and in `decoded` are as good as constant.
  ///
  /// - Parameter scale: what errors are measured in.
  static func collapsed(
    _ original: SampleBatch, _ decoded: SampleBatch, _ scale: ErrorScale = ErrorScale()
  ) -> [Int] {
    guard decoded.bytes.count == original.bytes.count else { return [] }
    let origins = Origins(original, byPlace: true)
    let (before, after) = (original.doubles(from: origins), decoded.doubles(from: origins))
    let width = original.valuesPerSample
    let factors = (0..<width).map { scale.isByColumn ? scale.factor($0) : 1 }
    var (squares, count) = (0.0, 0)
    for (place, (a, b)) in zip(before, after).enumerated() where a.isFinite {
      let error = (a - b) * factors[place % width]
      squares += error * error
      count += 1
    }
    let error = (squares / Double(max(1, count))).squareRoot()
    return (0..<width).filter { column in
      let places = stride(from: column, to: before.count, by: width).filter { before[$0].isFinite }
      let (old, new) = (places.map { before[$0] }, places.map { after[$0] })
      guard old.count >= minimumValues, let low = old.min(), let high = old.max(), high > low,
        (high - low).isFinite
      else { return false }
      // In units of the range, so that no square is too large or too small.
      let range = high - low
      let units = old.map { ($0 - low) / range }
      let mean = units.reduce(0, +) / Double(units.count)
      let variance = units.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let lost = zip(old, new).reduce(0) { $0 + (($1.0 - $1.1) / range) * (($1.0 - $1.1) / range) }
      let deviation = (variance / Double(units.count)).squareRoot()
      guard deviation * widestRange >= 1, lost >= lostShare * variance else { return false }
      return deviation * range * factors[column] < smallShare * error || new.min() == new.max()
    }
  }
}

extension StreamEncoder {
  /// Values that are tried at most; rows at least and at most.
  private static let (maximumTried, minimumRows, maximumRows) = (1 << 16, 16, 256)
  /// A cheap effort will do.
  private static let trialEffort = 1

  /// The columns that collapse at a quality, by some rows of `batch` that are coded and decoded.
  func collapsedColumns(_ batch: SampleBatch, quality: Int) -> [ColumnFindings.Column] {
    guard bound(quality: quality) == nil, description.isTable, batch.rows >= Self.minimumRows,
      batch.valuesPerSample <= Self.maximumTried / Self.minimumRows
    else { return [] }
    let rows = min(batch.rows, Self.maximumRows, Self.maximumTried / batch.valuesPerSample)
    guard let some = batch.spread(rows: rows),
      let coding = details(quality: quality, record: nil).coding(in: model.model)
    else { return [] }
    let plan = ChunkCodingContext(
      coding.model, at: coding.point, chunkRows: rows, effort: Effort(min(effort.level, Self.trialEffort)),
      kernels: codec.kernels)
    let codecs = ChunkCodecs(plan, description, workers: 1)
    guard let decoded = codecs.encode(some, decodes: true, worker: 0).decoded else { return [] }
    return ColumnFindings.collapsed(some, decoded, scale).map(description.column)
  }
}
