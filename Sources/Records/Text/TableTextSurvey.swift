/// Examines the cells of a text table, and determines the spelling of each column's numbers.
package struct TableTextSurvey: Sendable {
  /// The findings about a column.
  package struct Column: Equatable, Sendable {
    /// The number of rows with a non-empty cell.
    package var cells = 0
    /// The spelling that reproduces most cells; nil if none reproduces any.
    package var spelling: ColumnSpelling?
    /// The number of cells that it reproduces.
    package var spelled = 0
  }

  /// The counts of a column.
  private struct Counts {
    var cells = 0
    /// The numbers of a fixed form, by decimals.
    var fixed = [Int](repeating: 0, count: ColumnSpelling.maximumDecimals + 1)
    /// The numbers of the shortest form, without and with ".0" after integers.
    var shortest = [0, 0]
    /// The width of all numbers including the blanks before them; nil before the first, -1 if it varies.
    var width: Int?
    var hasBlanks = false
    /// Whether some numbers have exponents or very many digits.
    var hasOthers = false
    /// Whether some numbers have groups of digits.
    var hasGroups = false
  }

  private let layout: TableText
  private var counts: [Counts] = []
  /// The maximum number of columns examined.
  private let maximumColumns: Int

  /// - Parameter maximumColumns: further columns are not examined.
  package init(_ layout: TableText, maximumColumns: Int = 4096) {
    self.layout = layout
    self.maximumColumns = maximumColumns
  }

  /// Examines the whole lines of a text, and its last line if the text ends there.
  ///
  /// - Returns: the number of bytes examined.
  package mutating func add(_ text: UnsafeRawBufferPointer, isEnd: Bool) -> Int {
    var position = 0
    while position < text.count {
      let line = layout.line(in: text, from: position)
      guard line.isWhole || isEnd else { break }
      if layout.isRow(UnsafeRawBufferPointer(rebasing: text[position..<line.end])) {
        add(text, position, line.end)
      }
      position = line.next
    }
    return position
  }

  private mutating func add(_ text: UnsafeRawBufferPointer, _ begin: Int, _ end: Int) {
    var (position, column) = (begin, 0)
    while column < maximumColumns {
      let field = position
      while position < end, layout.isBlank(text[position]) { position += 1 }
      let cell = layout.cell(in: text, from: position, to: end)
      if column == counts.count { counts.append(Counts()) }
      if cell.begin < cell.end {
        let room = position - field - (layout.separator == .blanks && column > 0 ? 1 : 0)
        counts[column].cells += 1
        add(text, cell, room: cell.isQuoted ? 0 : room, to: column)
      }
      position = cell.next
      column += 1
      guard position < end else { return }
      if layout.separator != .blanks { position += 1 }
    }
  }

  private mutating func add(_ text: UnsafeRawBufferPointer, _ cell: TableText.Cell, room: Int, to column: Int)
  {
    var isNumber = false
    defer { if isNumber { addWidth(room + cell.end - cell.begin, hasBlanks: room > 0, to: column) } }
    if let digits = layout.groups?.removed(
      from: UnsafeRawBufferPointer(rebasing: text[cell.begin..<cell.end]))
    {
      digits.withUnsafeBytes { isNumber = addNumber($0, TableText.Cell(all: $0), to: column) }
      counts[column].hasGroups = counts[column].hasGroups || isNumber
    } else {
      isNumber = addNumber(text, cell, to: column)
    }
  }

  /// Examines a cell without groups of digits; false if it is not a number in a known form.
  private mutating func addNumber(_ text: UnsafeRawBufferPointer, _ cell: TableText.Cell, to column: Int)
    -> Bool
  {
    var isNumber = false
    let scan = PlainDecimal(text, from: cell.begin, to: cell.end, point: layout.point)
    if scan.end == cell.end, scan.isOrdinary {
      counts[column].fixed[scan.decimals] += 1
      if scan.isShortest(hasPointZero: false) { counts[column].shortest[0] += 1 }
      if scan.isShortest(hasPointZero: true) { counts[column].shortest[1] += 1 }
      return true
    }
    if scan.end == cell.end, scan.decimals <= ColumnSpelling.maximumDecimals {
      let fixed = ColumnSpelling(.fixed(decimals: scan.decimals))
      if fixed.find(in: text, from: cell.begin, to: cell.end, layout) != nil {
        counts[column].fixed[scan.decimals] += 1
        isNumber = true
      }
    }
    for hasPointZero in [false, true] {
      let shortest = ColumnSpelling(.shortest(hasPointZero: hasPointZero))
      let found = shortest.find(in: text, from: cell.begin, to: cell.end, layout)
      if found?.end == cell.end {
        counts[column].shortest[hasPointZero ? 1 : 0] += 1
        isNumber = true
      }
    }
    if isNumber { counts[column].hasOthers = true }
    return isNumber
  }

  private mutating func addWidth(_ width: Int, hasBlanks: Bool, to column: Int) {
    if hasBlanks { counts[column].hasBlanks = true }
    counts[column].width = counts[column].width ?? width == width ? width : -1
  }

  /// The findings about each column so far.
  package var columns: [Column] {
    counts.map { counts in
      var forms: [(ColumnSpelling.Form, Int)] = counts.fixed.enumerated().map { (.fixed(decimals: $0), $1) }
      forms += [
        (.shortest(hasPointZero: false), counts.shortest[0]),
        (.shortest(hasPointZero: true), counts.shortest[1]),
      ]
      var best = Column(cells: counts.cells)
      for (form, count) in forms where count > best.spelled {
        best.spelled = count
        best.spelling = ColumnSpelling(
          form, most: counts.hasOthers ? nil : counts.fixed.lastIndex { $0 > 0 }, hasGroups: counts.hasGroups)
      }
      if let width = counts.width, counts.hasBlanks, (1...255).contains(width) {
        best.spelling?.width = width
      }
      return best
    }
  }
}
