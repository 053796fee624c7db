/// The layout of a table, for messages about a field that is not a number.
public struct TableLayout: Equatable, Sendable {
  /// The separator between fields.
  public var separator: DelimitedStyle.Separator
  /// The number of columns.
  public var columns: Int
  /// Whether the field is the name of its column.
  public var repeatsHeader: Bool
  /// Whether other numbers have decimal commas.
  public var hasDecimalCommas: Bool

  /// Creates a layout; by default one column separated by commas.
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
