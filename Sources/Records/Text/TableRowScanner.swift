/// Finds the rows of a table in text, and the numbers in them, in one pass.
struct TableRowScanner {
  /// Rows with which a text begins.
  struct Rows {
    /// Of each row, the numbers of all columns that have a spelling; NaN where there is none.
    var numbers: [Double] = []
    /// Where each row ends. What is behind the last row of the text is part of it.
    var ends: [Int] = []
    /// Lines of the file that they are in.
    var lines = 0
    /// A row that is none, where one was found: those before it are not of use then.
    var problem: Problem?
    /// A quote in the line that is not whole yet.
    var open: Problem?
  }

  /// What is wrong with a row.
  struct Problem {
    /// The lines before it.
    var lines: Int
    var kind: Kind

    enum Kind {
      /// It has so many fields.
      case fields(Int)
      /// The quote of this column, from 1, stays open.
      case openQuote(column: Int)
    }
  }

  private let layout: TableText
  /// Whether a column has numbers.
  private let hasNumbers: [Bool]
  private let parser: RowParser
  private let numbersPerRow: Int

  /// - Parameters:
  ///   - hasNumbers: for each column, whether it has numbers.
  ///   - parser: counts the fields of rows.
  init(_ layout: TableText, hasNumbers: [Bool], _ parser: RowParser) {
    (self.layout, self.hasNumbers, self.parser) = (layout, hasNumbers, parser)
    numbersPerRow = hasNumbers.count { $0 }
  }

  /// Looks at the rows with which a text begins.
  ///
  /// - Parameters:
  ///   - maxRows: the most rows, at least 1.
  ///   - isEnd: whether the text ends there. Else a row is certain where another one follows, since the lines without a row
  ///     between belong to that.
  func scan(_ text: UnsafeRawBufferPointer, maxRows: Int, isEnd: Bool) -> Rows {
    var rows = Rows()
    var row = [Double](repeating: .nan, count: numbersPerRow)
    var (position, lines, linesBefore) = (0, 0, 0)
    while position < text.count {
      let line = layout.line(in: text, from: position)
      if line.openQuote != nil || !line.isWhole && !isEnd {
        guard let quote = line.openQuote else { break }
        let before = UnsafeRawBufferPointer(rebasing: text[position...quote])
        let open = Problem(lines: lines, kind: .openQuote(column: parser.count(of: before)))
        if isEnd { rows.problem = open } else { rows.open = open }
        break
      }
      let content = UnsafeRawBufferPointer(rebasing: text[position..<line.end])
      let isRow = layout.isRow(content)
      if isRow {
        guard rows.ends.count < maxRows else { return rows }
        let isRegular = row.withUnsafeMutableBufferPointer { row in
          hasNumbers.withUnsafeBufferPointer { scan(text, position, line.end, $0, into: row) }
        }
        if !isRegular, case let found = parser.count(of: content), found != hasNumbers.count {
          rows.problem = Problem(lines: lines, kind: .fields(found))
          return rows
        }
        linesBefore = rows.lines
      }
      position = line.next
      lines += 1
      if line.hasQuote, layout.quotesSpanLines { lines += content.count { $0 == layout.lineEnd } }
      if isRow {
        rows.numbers.append(contentsOf: row)
        rows.ends.append(position)
        rows.lines = lines
      }
    }
    guard let last = rows.ends.indices.last else { return rows }
    if isEnd, rows.problem == nil {
      rows.ends[last] = text.count
      rows.lines = lines
    } else {
      rows.ends.removeLast()
      rows.numbers.removeLast(numbersPerRow)
      rows.lines = linesBefore
    }
    return rows
  }

  /// Reads the numbers of a row; false where it may have another number of fields.
  @inline(__always)
  private func scan(
    _ text: UnsafeRawBufferPointer, _ begin: Int, _ end: Int,
    _ hasNumbers: UnsafeBufferPointer<Bool>, into row: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    row.update(repeating: .nan)
    var (position, place) = (begin, 0)
    var isEmpty = false
    for column in hasNumbers.indices {
      if column > 0 {
        guard position < end else { return false }
        if layout.separator != .blanks { position &+= 1 }
      }
      while position < end, layout.isBlank(text[position]) { position &+= 1 }
      let cell = position
      if hasNumbers[column] {
        if let number = layout.plainNumber(in: text, from: position, to: end) {
          row[place] = number.value
          position = number.end
        } else {
          let cell = layout.cell(in: text, from: position, to: end)
          row[place] = layout.number(UnsafeRawBufferPointer(rebasing: text[cell.begin..<cell.end]))
          position = cell.next
        }
        place &+= 1
      } else {
        position = layout.cell(in: text, from: position, to: end).next
      }
      isEmpty = position == cell
    }
    guard position < end || isEmpty else { return true }
    // An empty last field, blanks and separators that end the row.
    if layout.separator == .blanks {
      while position < end, layout.isBlank(text[position]) { position &+= 1 }
      return position == end && !isEmpty
    }
    return position == end && parser.trailingSeparators == 0
  }
}
