/// The kind of a field that is not a number, as far as its characters reveal it.
package enum FieldKind: String {
  case date = "a date"
  case time = "a time"
  case label = "not a number"
  case headerAgain = "the column name again"
  case thousands = "a number with thousands separators"
  case decimalComma = "a decimal comma or a thousands separator"
  case decimalPoint = "a decimal point among decimal commas"
  case quotedComma = "perhaps a quoted decimal comma"
  case singleQuotes = "in single quotes"
  case percent = "a percentage"
  case currency = "an amount of money"
  case parentheses = "perhaps a negative number in parentheses"
  case hexadecimal = "a hexadecimal number"
  case boolean = "a boolean"
  case complex = "a complex number"
  case underscores = "a number with underscores"
  case apostrophes = "a number with apostrophes as thousands separators"
  case longInteger = "an integer above 2^53, which binary64 would round"
  case tooLarge = "beyond the range of binary64, 1.8e308"
  case unicodeMinus = "a number with U+2212 as its minus sign"
  case noBreakSpace = "a number with no-break spaces"
  case stars = "a Fortran number that overflowed its field"
  case pair = "an index and a value, as in libsvm files"
  case comment = "a number followed by a comment"
  case openQuote = "an unclosed quote"

  package init(_ text: String, in table: TableLayout) {
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

  /// Whether it is a decimal number, which binary64 then does not represent.
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
}

extension Character {
  /// 0 to 9.
  fileprivate var isASCIIDigit: Bool { self >= "0" && self <= "9" && isASCII }
}
