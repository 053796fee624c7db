/// What is known of a table when one of its fields is no number.
public struct TableLayout: Equatable, Sendable {
  /// What stands between fields.
  public var separator: DelimitedStyle.Separator
  /// How many columns there are.
  public var columns: Int
  /// Whether the field is the name of its column.
  public var repeatsHeader: Bool
  /// Whether other numbers have commas for points.
  public var hasDecimalCommas: Bool

  /// The layout of a table, by default of one column between commas.
  public init(
    separator: DelimitedStyle.Separator = .comma, columns: Int = 1, repeatsHeader: Bool = false,
    hasDecimalCommas: Bool = false
  ) {
    self.separator = separator
    self.columns = columns
    self.repeatsHeader = repeatsHeader
    self.hasDecimalCommas = hasDecimalCommas
  }
}
