import Records
import Tensor
import VAEModel

/// Bounds as single numbers: in the data's units, or for tables as shares of each column's range. A search for a bound
/// then need not know about columns.
struct BoundUnits {
  private let elementType: ElementType
  /// The types of the columns, if they differ from that of the samples.
  private let types: [ElementType]?
  /// The columns of a table; empty for arrays.
  private let columns: [Column]

  /// A column of a table.
  struct Column {
    /// The largest less the smallest value; 0 for a constant column.
    var range: Double
    /// The number of decimals that nearly all values have; nil if there is no small one.
    var decimals: Int?
  }

  init(_ description: SampleDescription, columns: [Column] = []) {
    elementType = description.elementType
    types = description.columnTypes
    self.columns = columns
  }

  /// The units for samples of a model. Columns of several types have a bound each, so that values of their types keep it.
  init(_ description: SampleDescription, _ scales: ValueScales) {
    let width = description.valuesPerSample
    let isByColumn = scales.isByColumn || description.columnTypes != nil
    self.init(
      description,
      columns: isByColumn
        ? (0..<width).map { Column(range: scales[$0].range, decimals: scales[$0].isInteger ? 0 : nil) } : [])
  }

  /// The units for a table's columns, all of whose rows have been read.
  ///
  /// - Parameter sample: some of the rows.
  init(_ description: SampleDescription, _ ranges: ColumnRanges, _ sample: SampleBatch?) {
    let decimals = sample?.columnDecimals(description.columnTypes) ?? []
    self.init(
      description,
      columns: ranges.lowest.indices.map {
        Column(range: ranges.range($0), decimals: $0 < decimals.count ? decimals[$0] : nil)
      })
  }

  /// The same units, adapted to some rows of the table.
  func adapted(to sample: SampleBatch) -> BoundUnits {
    guard isByColumn, columns.count == sample.valuesPerSample else { return self }
    let decimals = sample.columnDecimals(types)
    return BoundUnits(
      elementType, types,
      columns: columns.indices.map { Column(range: columns[$0].range, decimals: decimals[$0]) })
  }

  private init(_ elementType: ElementType, _ types: [ElementType]?, columns: [Column]) {
    (self.elementType, self.types, self.columns) = (elementType, types, columns)
  }

  /// Whether each column has its own bound.
  var isByColumn: Bool { !columns.isEmpty }
  /// Whether bounds are integers.
  var areWhole: Bool { elementType.isInteger && !isByColumn }

  /// The bound of zero error.
  var lossless: ErrorBound { isByColumn ? byColumn { _, _ in 0 } : .lossless }

  /// The error bound for a number; lossless if it rounds to nothing.
  func bound(_ number: Double) -> ErrorBound {
    let plain = ErrorBound(bound: number, isInteger: areWhole)
    guard isByColumn else { return plain }
    return byColumn(share: plain.bound) { _, column in plain.bound * column.range }
  }

  /// The bound within which uniformly distributed errors give a PSNR.
  func bound(psnr: Double, peak: Double) -> ErrorBound {
    bound(peak * (3 * exponential(-psnr / 10 * logarithm(10))).squareRoot())
  }

  /// A bound for each column.
  ///
  /// - Parameters:
  ///   - share: see ``ColumnBounds/share``.
  ///   - bound: returns the bound for a column and its position.
  func byColumn(share: Double = 0, _ bound: (_ place: Int, Column) -> Double) -> ErrorBound {
    let bounds = columns.enumerated().map { place, column in
      ColumnBounds.Column(
        bound: ErrorBound.clamped(bound(place, column)), scale: column.range, decimals: column.decimals)
    }
    return .byColumn(ColumnBounds(columns: bounds, share: share))
  }
}

extension ErrorBound {
  /// The nearest bound that a stream can promise.
  static func clamped(_ bound: Double) -> Double { max(0, min(bounds.upperBound, bound)) }

  /// The error bound for a number: an integer for integers, truncated to 24 significant bits for fractions, and
  /// lossless if nothing is left of it.
  fileprivate init(bound: Double, isInteger: Bool) {
    let finite = bound < Self.bounds.upperBound ? bound : Self.bounds.upperBound
    // Fewer bits hide the differences between the logarithms of math libraries.
    let short = isInteger ? finite.rounded(.down) : Double(bitPattern: finite.bitPattern & ~(1 << 29 - 1))
    self = short > 0 && short.isNormal ? .maxError(short) : .lossless
  }

  /// The bound as a number; see ``BoundUnits``.
  var bound: Double {
    switch self {
    case .maxError(let bound): bound
    case .byColumn(let bounds): bounds.share
    case .lossless: 0
    }
  }
}
