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

  /// A command that leaves a column out of a file.
  func leavingOut(_ column: Int, of file: String) -> String {
    if separator == .blanks { return "awk '{$\(column)=\"\"; print}' \(file) > NEW.txt" }
    let parts = [
      column > 2 ? "1-\(column - 1)" : column == 2 ? "1" : nil,
      column < columns ? "\(column + 1)-" : nil,
    ]
    let option =
      switch separator {
      case .comma: "-d, "
      case .semicolon: "-d';' "
      case .tab, .blanks: ""
      }
    return "cut \(option)-f\(parts.compactMap { $0 }.joined(separator: ",")) \(file) > NEW.csv"
  }
}
