/// What becomes of the columns of a table: which are read, which are samples' values, and which are kept as they are.
public struct ColumnRoles: Equatable, Sendable {
  /// The columns that are read; nil for all.
  public var read: ColumnList?
  /// Columns that are kept as they are, whatever they hold; nil for none.
  public var exact: ColumnList?
  /// Whether integer columns that count are kept as they are: see ``CountingColumn``.
  public var keepsCounters = false
  /// Values that stand for missing ones; their cells are kept as they are.
  public var missing = MissingValues()
  /// The columns of the table that a model was fitted to, which decide alone; nil where there is no model.
  package var fitted: FittedColumns?

  /// All columns are read, and those that hold numbers are values.
  public init() {}
}

/// Values that stand for missing ones: -9999, 1e20, "n.d.".
public struct MissingValues: Equatable, Sendable {
  /// As they are spelled.
  public let spellings: [String]
  /// Those that are numbers.
  package let numbers: [Double]

  /// - Parameter spellings: numbers, or words of a text.
  public init(_ spellings: [String] = []) {
    self.spellings = spellings
    numbers = spellings.compactMap { Double($0) }
  }

  /// Whether nothing stands for a missing value.
  package var isEmpty: Bool { spellings.isEmpty }
}
