/// What a field is that is no number, as far as its characters show it.
enum FieldKind {
  case date
  case time
  case label
  case headerAgain
  case thousands
  case decimalComma
  case decimalPoint
  case quotedComma
  case singleQuotes
  case percent
  case currency
  case parentheses
  case hexadecimal
  case boolean
  case complex
  case underscores
  case apostrophes
  case longInteger
  case tooLarge
  case unicodeMinus
  case noBreakSpace
  case stars
  case pair
  case pipes
  case comment
  case openQuote

  init(_ text: String, in table: TableLayout) {
    let inner =
      text.count >= 2 && text.first == "\"" && text.last == "\"" ? String(text.dropFirst().dropLast()) : text
    let isQuoted = inner.count < text.count
    let lower = inner.lowercased()
    let digits = inner.filter(\.isASCIIDigit).count
    let unsigned = inner.drop { $0 == "-" || $0 == "+" }
    self =
      if table.repeatsHeader {
        .headerAgain
      } else if text.filter({ $0 == "\"" }).count % 2 == 1, text.count < 40 {
        .openQuote
      } else if inner.contains("\u{A0}") || inner.contains("\u{202F}") {
        .noBreakSpace
      } else if inner.contains("\u{2212}") {
        .unicodeMinus
      } else if !inner.isEmpty, inner.allSatisfy({ $0 == "*" }) {
        .stars
      } else if inner.first == "'", inner.last == "'", inner.count > 1 {
        .singleQuotes
      } else if lower.hasPrefix("0x") || lower.hasPrefix("-0x") {
        .hexadecimal
      } else if ["true", "false", "t", "f", "yes", "no"].contains(lower) {
        .boolean
      } else if inner.contains("|"), digits > 0 {
        .pipes
      } else if inner.contains("#"), digits > 0, inner.first?.isASCIIDigit == true {
        .comment
      } else if unsigned.allSatisfy(\.isASCIIDigit), digits > 15 {
        .longInteger
      } else if Self.isDecimal(inner) {
        .tooLarge
      } else if lower.hasSuffix("j") || lower.hasSuffix("j)") || lower.hasSuffix("i)"), digits > 0 {
        digits > 0 ? .complex : .label
      } else if digits > 0, inner.first == "(", inner.last == ")" {
        .parentheses
      } else if digits > 0, inner.last == "%" {
        .percent
      } else if digits > 0,
        "$€£¥".contains(where: { inner.first == $0 || inner.last == $0 || unsigned.first == $0 })
      {
        .currency
      } else if Self.isMade(of: "0123456789:.", inner), inner.contains(":") {
        inner.filter({ $0 == ":" }).count == 1 && table.separator == .blanks ? .pair : .time
      } else if Self.isDate(inner) {
        .date
      } else if Self.isMade(of: "0123456789_.+-", inner), inner.contains("_"), digits > 0 {
        .underscores
      } else if Self.isMade(of: "0123456789'’.+-", inner), digits > 0,
        inner.contains("'") || inner.contains("’")
      {
        .apostrophes
      } else if Self.isMade(of: "0123456789,.+-", inner), inner.contains(","), digits > 0 {
        Self.comma(inner, isQuoted: isQuoted, table)
      } else if table.hasDecimalCommas, Self.isMade(of: "0123456789.+-", inner), digits > 0 {
        .decimalPoint
      } else {
        .label
      }
  }

  private static func comma(_ text: String, isQuoted: Bool, _ table: TableLayout) -> FieldKind {
    let groups = text.drop { $0 == "-" || $0 == "+" }.prefix { $0 != "." }.split(
      separator: ",", omittingEmptySubsequences: false)
    let areGroups = groups.count > 1 && groups.dropFirst().allSatisfy { $0.count == 3 } && groups[0] != "0"
    if areGroups, groups.count > 2 || text.contains(".") || isQuoted { return .thousands }
    return isQuoted || table.separator == .comma ? .quotedComma : .decimalComma
  }

  private static func isMade(of characters: String, _ text: String) -> Bool {
    text.allSatisfy { characters.contains($0) }
  }

  /// Whether it is a decimal number, which binary64 does not hold then.
  private static func isDecimal(_ text: String) -> Bool {
    guard let value = Double(text) else { return false }
    return value.isInfinite && text.contains(where: \.isASCIIDigit)
  }

  private static func isDate(_ text: String) -> Bool {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    let parts = text.lowercased().split { "-/.T: ".contains($0) || $0 == "t" }
    guard parts.count >= 3 else { return false }
    let numbers = parts.prefix(3).filter { $0.allSatisfy(\.isASCIIDigit) }.count
    return numbers == 3 && !text.contains(",")
      && (text.contains("-") || text.contains("/") || text.contains("."))
      || numbers == 2 && parts.prefix(3).contains { part in months.contains { part.hasPrefix($0) } }
  }

  /// What it is, and the way out.
  func advice(column: Int, file: String, table: TableLayout) -> String {
    let without = table.columns > 1 ? table.leavingOut(column, of: file) : nil
    func leaveOut(_ what: String) -> String {
      without.map { "\(what); leave the column out: \($0)" } ?? "\(what); keep the file as it is"
    }
    func edit(_ what: String, _ command: String) -> String { "\(what); \(command) \(file) > NEW.csv" }
    return switch self {
    case .date: leaveOut("a date")
    case .time: leaveOut("a time")
    case .label: leaveOut("not a number")
    case .headerAgain: "the column's name again; remove the line, or split the file there"
    case .thousands:
      edit("a number with thousands separators", "sed -E ':a; s/([0-9]),([0-9]{3})/\\1\\2/; ta; s/\"//g'")
    case .decimalComma:
      "a decimal comma or a thousands separator; for decimals: tr , . < \(file) > NEW.csv"
    case .decimalPoint: "a number with a point, where others have decimal commas; write all alike"
    case .quotedComma:
      edit("a decimal comma in quotes, perhaps", "sed -E 's/\"(-?[0-9]*),([0-9]*)\"/\\1.\\2/g'")
    case .singleQuotes: edit("in single quotes", "tr -d \"'\" <")
    case .percent: edit("a percentage", "tr -d % <")
    case .currency: edit("an amount of money", "tr -d '$€£¥' <")
    case .parentheses: edit("a negative number in parentheses, perhaps", "sed -E 's/\\(([0-9.]+)\\)/-\\1/g'")
    case .hexadecimal: leaveOut("a hexadecimal number")
    case .boolean:
      edit("a truth value", "sed -E 's/\\b(True|TRUE|true)\\b/1/g; s/\\b(False|FALSE|false)\\b/0/g'")
    case .complex: "a complex number; write real and imaginary parts as two columns"
    case .underscores: edit("a number with underscores", "tr -d _ <")
    case .apostrophes: edit("a number with apostrophes between thousands", "sed -E \"s/['’]//g\"")
    case .longInteger:
      leaveOut("an integer above 2^53, which binary64 would round")
    case .tooLarge: "beyond the largest number of binary64, 1.8e308; write inf"
    case .unicodeMinus: edit("a number with the sign U+2212 for minus", "sed 's/−/-/g'")
    case .noBreakSpace: edit("a number with no-break spaces", "sed 's/\u{A0}//g'")
    case .stars:
      "a number that did not fit its width in Fortran; to have it missing: sed -E 's/\\*+/nan/g' \(file) > NEW.txt"
    case .pair:
      "an index with a value, as in files of libsvm; make a table of it first (scikit-learn: load_svmlight_file)"
    case .pipes: edit("several fields between |", "tr '|' , <")
    case .comment: edit("a number with a comment behind it", "sed 's/ *#.*//'")
    case .openQuote: "a quote that its line does not close; remove the line break in it"
    }
  }
}

extension Character {
  /// 0 to 9.
  fileprivate var isASCIIDigit: Bool { self >= "0" && self <= "9" && isASCII }
}
