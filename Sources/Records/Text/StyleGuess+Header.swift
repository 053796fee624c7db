// Which line of a text holds the names of columns, and which their units.

extension StyleGuess {
  /// A line of column names has a word where the next line has a number. If it is the only line, it consists of words.
  func isHeader(
    _ names: [UnsafeRawBufferPointer], before second: [UnsafeRawBufferPointer]?, _ parser: RowParser
  ) -> Bool {
    guard let second else { return !names.contains { isNumber($0, parser) } }
    if isLineOfUnits(second, parser) { return !names.contains { isNumber($0, parser) } }
    // The first column may lack a name.
    let below = names.count + 1 == second.count ? second.dropFirst() : second[...]
    return zip(names, below).contains { !isNumber($0, parser) && isNumber($1, parser) }
  }

  /// Whether a line below the column names holds units: words in brackets or of a few letters, and otherwise only empty
  /// fields.
  func isLineOfUnits(_ fields: [UnsafeRawBufferPointer], _ parser: RowParser) -> Bool {
    var hasWord = false
    for field in fields {
      let text = parser.unquoted(field)
      if text.isEmpty || text.elementsEqual("-".utf8) { continue }
      guard !isNumber(field, parser), text.count <= 24 else { return false }
      hasWord = true
    }
    return hasWord
  }

  /// Whether a line below the column names holds units: the row below has numbers, and this line has none. If that row has
  /// words as well, all units must be in brackets.
  func areUnits(
    _ fields: [UnsafeRawBufferPointer], below names: [UnsafeRawBufferPointer],
    above row: [UnsafeRawBufferPointer], _ parser: RowParser
  ) -> Bool {
    guard fields.count == row.count, isLineOfUnits(fields, parser),
      !names.contains(where: { isNumber($0, parser) })
    else { return false }
    if row.allSatisfy({ isNumber($0, parser) }) { return true }
    return row.contains { isNumber($0, parser) }
      && fields.allSatisfy { field in
        let text = parser.unquoted(field)
        return text.isEmpty || text.elementsEqual("-".utf8)
          || [["[", "]"], ["(", ")"]].contains {
            text.first == $0[0].utf8.first && text.last == $0[1].utf8.first
          }
      }
  }

  /// Column names in a comment above the first row: as many as that row has fields, which are numbers.
  func headerInComment(
    _ comment: Line, over first: [UnsafeRawBufferPointer]?, parser: RowParser
  ) -> [String]? {
    let line = Self.withoutCR(comment.text)
    guard line.first == UInt8(ascii: "#"), first.map({ $0.allSatisfy { isNumber($0, parser) } }) ?? true
    else {
      return nil
    }
    let names = Self.names(parser.fields(of: line), parser)
    guard first == nil || names.count == first?.count else { return nil }
    return names
  }

  static func names(_ fields: [UnsafeRawBufferPointer], _ parser: RowParser) -> [String] {
    var names = fields.map(parser.columnName)
    // numpy.savetxt starts a line of column names with "# ".
    if parser.separator == .blanks, names.first == "#", names.count > 1 {
      names.replaceSubrange(0..<2, with: ["# \(names[1])"])
    }
    return names
  }
}
