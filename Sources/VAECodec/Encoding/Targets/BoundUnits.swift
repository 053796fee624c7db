import Records
import Tensor
import VAEModel

/// Bounds as single numbers: in units of the data, or for tables as shares of each column's range. So what searches for a bound
/// need not know of columns.
struct BoundUnits {
  private let elementType: ElementType
  /// The columns of a table; empty for arrays.
  private let columns: [Column]

  /// A column of a table.
  struct Column {
    /// Largest minus smallest value; 0 if they do not vary.
    var range: Double
    /// The decimals that nearly all values have; nil if they have no few.
    var decimals: Int?
  }

  init(_ elementType: ElementType, columns: [Column] = []) {
    self.elementType = elementType
    self.columns = columns
  }

  /// Those of a model's samples.
  init(_ elementType: ElementType, _ scales: ValueScales) {
    self.init(
      elementType,
      columns: scales.isByColumn
        ? scales.scales.map { Column(range: $0.range, decimals: $0.isInteger ? 0 : nil) } : [])
  }

  /// Those of a table's columns, of which all rows have been read.
  ///
  /// - Parameter sample: some of the rows.
  init(_ elementType: ElementType, _ ranges: ColumnRanges, _ sample: SampleBatch?) {
    let decimals = sample?.columnDecimals() ?? []
    self.init(
      elementType,
      columns: ranges.lowest.indices.map {
        Column(range: ranges.range($0), decimals: $0 < decimals.count ? decimals[$0] : nil)
      })
  }

  /// The same for a table of which some rows are these.
  func adapted(to sample: SampleBatch) -> BoundUnits {
    guard isByColumn, columns.count == sample.valuesPerSample else { return self }
    let decimals = sample.columnDecimals()
    return BoundUnits(
      elementType, columns: columns.indices.map { Column(range: columns[$0].range, decimals: decimals[$0]) })
  }

  /// Whether each column has a bound.
  var isByColumn: Bool { !columns.isEmpty }
  /// Whether bounds are whole numbers.
  var areWhole: Bool { elementType.isInteger && !isByColumn }

  /// The bound of no error at all.
  var lossless: ErrorBound { isByColumn ? byColumn { _, _ in 0 } : .lossless }

  /// A bound; no error at all where nothing is left of it.
  func bound(_ number: Double) -> ErrorBound {
    let plain = ErrorBound(bound: number, isInteger: areWhole)
    guard isByColumn else { return plain }
    return byColumn(share: plain.bound) { _, column in plain.bound * column.range }
  }

  /// The bound within which errors that are spread evenly leave a PSNR.
  func bound(psnr: Double, peak: Double) -> ErrorBound {
    bound(peak * (3 * exponential(-psnr / 10 * logarithm(10))).squareRoot())
  }

  /// A bound for each column.
  ///
  /// - Parameters:
  ///   - share: see ``ColumnBounds/share``.
  ///   - bound: gives that of a column and its place.
  func byColumn(share: Double = 0, _ bound: (_ place: Int, Column) -> Double) -> ErrorBound {
    let bounds = columns.enumerated().map { place, column in
      ColumnBounds.Column(
        bound: ErrorBound.clamped(bound(place, column)), scale: column.range, decimals: column.decimals)
    }
    return .byColumn(ColumnBounds(columns: bounds, share: share))
  }
}

extension ErrorBound {
  /// The nearest bound that can be promised.
  static func clamped(_ bound: Double) -> Double { max(0, min(bounds.upperBound, bound)) }

  /// The bound that a number is for values of a type: whole for integers, of 24 bits for fractions; and lossless where nothing is
  /// left of it.
  fileprivate init(bound: Double, isInteger: Bool) {
    let finite = bound < Self.bounds.upperBound ? bound : Self.bounds.upperBound
    // Fewer bits hide what libraries' logarithms differ in.
    let short = isInteger ? finite.rounded(.down) : Double(bitPattern: finite.bitPattern & ~(1 << 29 - 1))
    self = short > 0 && short.isNormal ? .maxError(short) : .lossless
  }

  /// The bound as a number: see ``BoundUnits``.
  var bound: Double {
    switch self {
    case .maxError(let bound): bound
    case .byColumn(let bounds): bounds.share
    case .lossless: 0
    }
  }
}
