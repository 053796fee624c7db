import Records
import Transform

/// What samples, or a model of them, lose by column without the user having asked for it.
public struct ColumnFindings: Equatable, Sendable {
  /// Columns that decode to little more than their mean; see ``collapsed(_:_:)``.
  public var collapsed: [Column] = []
  /// Values that repeat far outside all others; see ``FillValue``.
  public var fillValues: [FillValue] = []

  /// No findings.
  public init() {}

  /// What was found.
  init(collapsed: [Column], fillValues: [FillValue]) {
    self.collapsed = collapsed
    self.fillValues = fillValues
  }

  /// A column of a table.
  public struct Column: Equatable, Sendable {
    /// The column's number, from 1.
    public var number: Int
    /// The column's name; nil if columns have no names.
    public var name: String?
  }
}

extension SampleDescription {
  /// Whether a sample is a row of columns, each a quantity of its own, rather than an array of one quantity.
  var isTable: Bool { sampleShape.count <= 1 && array == nil }

  /// The number of channels of a recording that is cut into windows; 0 for anything else.
  fileprivate var channels: Int {
    guard let layout = array?.layout, layout.isSequence, layout.rowShape.count == 1 else { return 0 }
    return layout.valuesPerRow
  }

  /// The column at a position, from 0.
  func column(_ place: Int) -> ColumnFindings.Column {
    guard let names = columnNames, names.indices.contains(place) else {
      return ColumnFindings.Column(number: place + 1, name: nil)
    }
    return ColumnFindings.Column(number: place + 1, name: names[place])
  }
}

// A collapsed column disappears in the decoded samples. If a model has one scale for all values, a column that varies
// by less than the error is not coded. By reverse water-filling (Cover and Thomas, Elements of Information Theory) that
// is optimal for the total error, but a loss for a reader of that column.

extension ColumnFindings {
  /// With fewer values, a column cannot be judged.
  private static let minimumValues = 16
  /// A column has collapsed if the decoded values lack this share of its variance,
  private static let lostShare = 0.9
  /// and its standard deviation is below this share of the root mean square error of all values, or it is constant.
  private static let smallShare = 0.5
  /// A column whose range exceeds this number of standard deviations is constant except for a few rows, too few to
  /// judge.
  private static let widestRange = 8.0

  /// The positions of columns that vary in `original` and have collapsed in `decoded`.
  ///
  /// - Parameter scale: the units of errors.
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
      // In units of the range, so that squares neither overflow nor underflow.
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
  /// The maximum number of values tried; the minimum and maximum number of rows.
  private static let (maximumTried, minimumRows, maximumRows) = (1 << 16, 16, 256)
  /// A low effort suffices.
  private static let trialEffort = 1

  /// The columns that collapse at a quality. Some rows of `batch` are encoded and decoded to find them.
  func collapsedColumns(_ batch: SampleBatch, quality: Int) -> [ColumnFindings.Column] {
    guard rung(quality: quality).errorBound == nil, description.isTable || description.channels > 1,
      batch.rows >= Self.minimumRows,
      batch.valuesPerSample <= Self.maximumTried / Self.minimumRows
    else { return [] }
    let rows = min(batch.rows, Self.maximumRows, Self.maximumTried / batch.valuesPerSample)
    guard let some = batch.spread(rows: rows),
      let coding = details(quality: quality, record: nil).coding(in: model.model)
    else { return [] }
    let plan = ChunkCodingContext(
      coding.model, at: coding.point, chunkRows: rows, effort: effort.trial(atMost: Self.trialEffort),
      kernels: codec.kernels)
    let codecs = ChunkCodecs(plan, description, workers: 1)
    guard let decoded = codecs.encode(some, decodes: true, worker: 0).decoded else { return [] }
    guard !description.isTable else {
      return ColumnFindings.collapsed(some, decoded, scale).map(description.column)
    }
    // Of windows, each channel is a column.
    let width = description.channels
    return ColumnFindings.collapsed(some.rows(of: width), decoded.rows(of: width))
      .map(description.ofArray.column)
  }
}

extension SampleBatch {
  /// The same values as rows of another width, which divides their number.
  fileprivate func rows(of width: Int) -> SampleBatch {
    SampleBatch(elementType: elementType, valuesPerSample: width, bytes: bytes)
  }
}
