/// The error bound that a stream promises for every value.
public enum ErrorBound: Equatable, Sendable {
  /// No decoded value differs from the original by more than this; the bound is exact. Non-finite values are preserved
  /// bit for bit.
  case maxError(Double)
  /// No decoded value differs from the original by more than this share of its magnitude, from 0 to less than 1; the bound is
  /// exact. Zeros and non-finite values are preserved bit for bit, and signs are kept.
  case maxRelativeError(Double)
  /// A bound for each column of a table. A column with bound 0 is preserved bit for bit.
  case byColumn(ColumnBounds)
  /// The decoded samples equal the originals bit for bit.
  case lossless

  /// The possible bounds.
  public static let range: ClosedRange<Double> = 0...0x1p1000

  /// Whether the decoded samples equal the originals bit for bit.
  public var isLossless: Bool {
    switch self {
    case .lossless: true
    case .byColumn(let columns): columns.bounds.allSatisfy(\.isExact)
    case .maxError, .maxRelativeError: false
    }
  }

  /// The bound of each column, or one for all values.
  var bounds: [ValueBound] {
    switch self {
    case .lossless: [.exact]
    case .byColumn(let columns): columns.bounds
    case .maxError(let bound): [ValueBound(bound)]
    case .maxRelativeError(let bound): [ValueBound(bound, isRelative: true)]
    }
  }
}

/// The largest error of a value: in its units, or as a share of its magnitude.
public struct ValueBound: Equatable, Sendable, ExpressibleByFloatLiteral {
  /// From 0 to 2^1000; a share is less than 1.
  public var size: Double
  /// Whether it is a share of the value's magnitude.
  public var isRelative: Bool

  public init(_ size: Double, isRelative: Bool = false) { (self.size, self.isRelative) = (size, isRelative) }

  public init(floatLiteral size: Double) { self.init(size) }

  static let exact = ValueBound(0)

  /// Whether values are preserved bit for bit.
  public var isExact: Bool { size == 0 }
}

extension [ValueBound] {
  /// The bound of a column, where there is one for each or one for all; exact where there is none.
  @inline(__always)
  func bound(ofColumn column: Int) -> ValueBound { count > 1 ? self[column] : first ?? .exact }
}

/// The error bounds of a table's columns.
public struct ColumnBounds: Equatable, Sendable {
  /// The largest error of a value of each column, in order; 0 if the column is preserved bit for bit.
  public var bounds: [ValueBound]
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
  /// The largest error of any value, as a share of its magnitude, from 0 to less than 1.
  case maxRelativeError(Double)
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
    /// As a share of each value's magnitude.
    case ofValue(Double)
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
