/// What a stream promises of every value.
public enum ErrorBound: Equatable, Sendable {
  /// Decoded values differ from the samples' by no more than this, exactly; values that are no finite numbers come back bit
  /// for bit.
  case maxError(Double)
  /// The same for rows of a table, by a bound for each column. A column whose bound is 0 comes back bit for bit.
  case byColumn(ColumnBounds)
  /// Decoded samples are the samples, bit for bit.
  case lossless

  /// Bounds that can be promised.
  public static let bounds: ClosedRange<Double> = 0...0x1p1000

  /// Whether decoded samples are the samples, bit for bit.
  public var isLossless: Bool {
    switch self {
    case .lossless: true
    case .byColumn(let columns): columns.columns.allSatisfy { $0.bound == 0 }
    case .maxError: false
    }
  }

  /// The bound on errors of a value, by its place within a sample.
  func bound(ofPlace place: Int) -> Double {
    switch self {
    case .lossless: 0
    case .byColumn(let columns): columns.columns[place].bound
    case .maxError(let bound): bound
    }
  }
}

/// What is promised of the columns of a table.
public struct ColumnBounds: Equatable, Sendable {
  /// A column.
  public struct Column: Equatable, Sendable {
    /// No value is off by more than this; 0 where every bit comes back.
    public var bound: Double
    /// The power of two that differences are measured in where they are predicted: about the column's range.
    var exponent: Int
    /// The decimals that nearly all values have: they are coded as integers. Nil where they have no few.
    var decimals: Int?

    init(bound: Double, exponent: Int, decimals: Int?) {
      (self.bound, self.exponent, self.decimals) = (bound, exponent, decimals)
    }

    /// - Parameters:
    ///   - bound: of errors, at least 0.
    ///   - scale: of the column's values.
    ///   - decimals: see ``decimals``.
    init(bound: Double, scale: Double, decimals: Int?) {
      let exponent = scale.isNormal && scale > 0 ? Int(scale.exponent) : 0
      self.init(bound: bound, exponent: max(-1000, min(1000, exponent)), decimals: decimals)
    }
  }

  /// The most decimals of a column: that power of ten is exact in every type.
  static let maximumDecimals = 9

  /// For each column, in order.
  public var columns: [Column]
  /// The bounds as a share of the columns' units, where they were found for a target; 0 where they were asked for.
  var share = 0.0
}

/// What an encoder is asked to guarantee.
public enum ErrorBoundRequest: Equatable, Sendable {
  /// No value is to be off by more than this: from 0 to 2^1000.
  case maxError(Double)
  /// No value is to be off by more than this share of the range of the samples' finite values; of its column's, in tables.
  case maxErrorOfRange(Double)
  /// One of these for all columns, and others for some.
  case byColumn(ColumnErrors)
  /// What has been found out already.
  case found(ErrorBound)
  /// Every bit is to come back.
  case lossless
}

/// The largest errors that are asked for, column by column.
public struct ColumnErrors: Equatable, Sendable {
  /// A bound on errors.
  public enum Bound: Equatable, Sendable {
    /// In units of the column.
    case error(Double)
    /// As a share of the range of the column's finite values.
    case ofRange(Double)
  }

  /// Of columns that are not named.
  public var all: Bound
  /// Of others: names, or numbers from 1.
  public var named: [Named]

  /// A bound on errors of a column.
  public struct Named: Equatable, Sendable {
    public var column: String
    public var bound: Bound

    public init(column: String, bound: Bound) { (self.column, self.bound) = (column, bound) }
  }

  public init(all: Bound, named: [Named] = []) {
    self.all = all
    self.named = named
  }
}
