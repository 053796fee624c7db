import Records

extension FieldKind {
  /// How to turn `file`, with such a field in `column` (from 1), into a table of numbers.
  func remedy(column: Int, file: String, table: TableLayout) -> String {
    let leaveOut =
      table.columns > 1
      ? "omit the column: \(table.leavingOut(column, of: file))" : "keep the file as it is"
    func edit(_ command: String) -> String { "\(command) \(file) > NEW.csv" }
    return switch self {
    case .date, .time, .label, .hexadecimal, .longInteger: leaveOut
    case .headerAgain: "remove the line, or split the file there"
    case .thousands: "read it with --thousands ,"
    case .decimalComma: "for decimals: tr , . < \(file) > NEW.csv"
    case .decimalPoint: "write all numbers alike"
    case .quotedComma: edit("sed -E 's/\"(-?[0-9]*),([0-9]*)\"/\\1.\\2/g'")
    case .singleQuotes: edit("tr -d \"'\" <")
    case .percent: edit("tr -d % <")
    case .currency: edit("tr -d '$€£¥' <")
    case .parentheses: edit("sed -E 's/\\(([0-9.]+)\\)/-\\1/g'")
    case .boolean: edit("sed -E 's/\\b(True|TRUE|true)\\b/1/g; s/\\b(False|FALSE|false)\\b/0/g'")
    case .complex: "write real and imaginary parts as two columns"
    case .underscores: "read it with --thousands _"
    case .apostrophes: "read it with --thousands \"'\""
    case .tooLarge: "write inf"
    case .unicodeMinus: edit("sed 's/−/-/g'")
    case .noBreakSpace: edit("sed 's/\u{A0}//g'")
    case .stars: "to mark it as missing: sed -E 's/\\*+/nan/g' \(file) > NEW.txt"
    case .pair: "convert it to a table first (scikit-learn: load_svmlight_file)"
    case .comment: edit("sed 's/ *#.*//'")
    case .openQuote: "remove the line break in it"
    }
  }
}

extension TableLayout {
  /// A command that removes a column from a file.
  fileprivate func leavingOut(_ column: Int, of file: String) -> String {
    if separator == .blanks { return "awk '{$\(column)=\"\"; print}' \(file) > NEW.txt" }
    let parts = [
      column > 2 ? "1-\(column - 1)" : column == 2 ? "1" : nil,
      column < columns ? "\(column + 1)-" : nil,
    ]
    let option =
      switch separator {
      case .comma: "-d, "
      case .semicolon: "-d';' "
      case .bar: "-d'|' "
      case .tab, .blanks: ""
      }
    return "cut \(option)-f\(parts.compactMap { $0 }.joined(separator: ",")) \(file) > NEW.csv"
  }
}
