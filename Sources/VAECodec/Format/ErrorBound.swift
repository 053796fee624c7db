/// The error bound that a stream promises for every value.
public enum ErrorBound: Equatable, Sendable {
  /// No decoded value differs from the original by more than this; the bound is exact. Non-finite values are preserved
  /// bit for bit.
  case maxError(Double)
  /// A bound for each column of a table. A column with bound 0 is preserved bit for bit.
  case byColumn(ColumnBounds)
  /// The decoded samples equal the originals bit for bit.
  case lossless

  /// The possible bounds.
  public static let bounds: ClosedRange<Double> = 0...0x1p1000

  /// Whether the decoded samples equal the originals bit for bit.
  public var isLossless: Bool {
    switch self {
    case .lossless: true
    case .byColumn(let columns): columns.columns.allSatisfy { $0.bound == 0 }
    case .maxError: false
    }
  }

  /// The error bound of a value, by its position within a sample.
  func bound(ofPlace place: Int) -> Double {
    switch self {
    case .lossless: 0
    case .byColumn(let columns): columns.columns[place].bound
    case .maxError(let bound): bound
    }
  }
}

/// The error bounds of a table's columns.
public struct ColumnBounds: Equatable, Sendable {
  /// A column.
  public struct Column: Equatable, Sendable {
    /// The largest error of a value; 0 if the column is preserved bit for bit.
    public var bound: Double
    /// The exponent of the power of two that is the unit of differences in prediction: about the column's range.
    var exponent: Int
    /// The number of decimals that nearly all values have; the values are then coded as integers. Nil if there is no
    /// small one.
    var decimals: Int?

    init(bound: Double, exponent: Int, decimals: Int?) {
      (self.bound, self.exponent, self.decimals) = (bound, exponent, decimals)
    }

    /// - Parameters:
    ///   - bound: the largest error, at least 0.
    ///   - scale: the scale of the column's values.
    ///   - decimals: see ``decimals``.
    init(bound: Double, scale: Double, decimals: Int?) {
      let exponent = scale.isNormal && scale > 0 ? Int(scale.exponent) : 0
      self.init(bound: bound, exponent: max(-1000, min(1000, exponent)), decimals: decimals)
    }
  }

  /// The maximum number of decimals of a column: its power of ten is exact in every type.
  static let maximumDecimals = 9

  /// The columns, in order.
  public var columns: [Column]
  /// The bounds as a share of the columns' units if a search for a target set them; 0 if the user did.
  var share = 0.0
}

/// The error bound that a user requests.
public enum ErrorBoundRequest: Equatable, Sendable {
  /// The largest error of any value, from 0 to 2^1000.
  case maxError(Double)
  /// The largest error of any value, as a share of the range of the finite values; in tables, of the range of its
  /// column.
  case maxErrorOfRange(Double)
  /// One bound for all columns, and others for named ones.
  case byColumn(ColumnErrors)
  /// A bound that is already resolved.
  case found(ErrorBound)
  /// Every bit is to be preserved.
  case lossless
}

/// The requested largest errors, column by column.
public struct ColumnErrors: Equatable, Sendable {
  /// A bound on errors.
  public enum Bound: Equatable, Sendable {
    /// In the column's units.
    case error(Double)
    /// As a share of the range of the column's finite values.
    case ofRange(Double)
  }

  /// The bound of columns that are not named.
  public var all: Bound
  /// The bounds of named columns, by name or by number from 1.
  public var named: [Named]

  /// The bound of one column.
  public struct Named: Equatable, Sendable {
    /// The name of the column, or its number from 1.
    public var column: String
    public var bound: Bound

    public init(column: String, bound: Bound) { (self.column, self.bound) = (column, bound) }
  }

  public init(all: Bound, named: [Named] = []) {
    self.all = all
    self.named = named
  }
}
