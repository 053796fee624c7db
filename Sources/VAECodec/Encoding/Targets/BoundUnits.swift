import Records
import Tensor
import VAEModel

/// Bounds as single numbers: in the data's units, or for tables as shares of each column's range. A search for a bound
/// then need not know about columns.
struct BoundUnits {
  private let elementType: ElementType
  /// The ranges of a table's columns: the largest less the smallest value, 0 for a constant column; empty for arrays.
  private let ranges: [Double]

  init(_ description: SampleDescription, ranges: [Double] = []) {
    (elementType, self.ranges) = (description.elementType, ranges)
  }

  /// The units for samples of a model. Columns of several types have a bound each, so that values of their types keep it.
  init(_ description: SampleDescription, _ scales: ValueScales) {
    let isByColumn = scales.isByColumn || description.columnTypes != nil
    self.init(
      description, ranges: isByColumn ? (0..<description.valuesPerSample).map { scales[$0].range } : [])
  }

  /// The units for a table's columns, all of whose rows have been read.
  init(_ description: SampleDescription, _ ranges: ColumnRanges) {
    self.init(description, ranges: ranges.lowest.indices.map(ranges.range))
  }

  /// Whether each column has its own bound.
  var isByColumn: Bool { !ranges.isEmpty }
  /// Whether bounds are integers.
  var areWhole: Bool { elementType.isInteger && !isByColumn }

  /// The bound of zero error.
  var lossless: ErrorBound { isByColumn ? byColumn { _, _ in .exact } : .lossless }

  /// The error bound for a number; lossless if it rounds to nothing.
  func bound(_ number: Double) -> ErrorBound {
    let plain = ErrorBound(bound: number, isInteger: areWhole)
    guard isByColumn else { return plain }
    return byColumn(share: plain.bound) { _, range in ValueBound(plain.bound * range) }
  }

  /// The bound within which uniformly distributed errors give a PSNR.
  func bound(psnr: Double, peak: Double) -> ErrorBound {
    bound(peak * (3 * exponential(-psnr / 10 * logarithm(10))).squareRoot())
  }

  /// A bound for each column.
  ///
  /// - Parameters:
  ///   - share: see ``ColumnBounds/share``.
  ///   - bound: returns the bound for a column's position and range.
  func byColumn(share: Double = 0, _ bound: (_ place: Int, _ range: Double) -> ValueBound) -> ErrorBound {
    let bounds = ranges.enumerated().map { place, range in
      var found = bound(place, range)
      found.size = ErrorBound.clamped(found.size)
      return found.isExact ? .exact : found
    }
    return .byColumn(ColumnBounds(bounds: bounds, share: share))
  }
}

extension ErrorBound {
  /// The nearest bound that a stream can promise.
  static func clamped(_ bound: Double) -> Double { max(0, min(range.upperBound, bound)) }

  /// The bound relative to each value; lossless for 0.
  static func relative(_ share: Double) -> ErrorBound { share > 0 ? .maxRelativeError(share) : .lossless }

  /// The error bound for a number: an integer for integers, truncated to 24 significant bits for fractions, and
  /// lossless if nothing is left of it.
  fileprivate init(bound: Double, isInteger: Bool) {
    let finite = bound < Self.range.upperBound ? bound : Self.range.upperBound
    // Fewer bits hide the differences between the logarithms of math libraries.
    let short = isInteger ? finite.rounded(.down) : Double(bitPattern: finite.bitPattern & ~(1 << 29 - 1))
    self = short > 0 && short.isNormal ? .maxError(short) : .lossless
  }

  /// The bound as a number; see ``BoundUnits``.
  var bound: Double {
    switch self {
    case .maxError(let bound): bound
    case .byColumn(let bounds): bounds.share
    // No search for a target asks for these.
    case .maxRelativeError, .lossless: 0
    }
  }
}
