/// Looks at the cells of a table in text, and finds how the numbers of each column are spelled.
package struct TableTextSurvey: Sendable {
  /// What is known of a column.
  package struct Column: Equatable, Sendable {
    /// Rows that have a cell with something in it.
    package var cells = 0
    /// The spelling that gives back most of them; nil if none gives back any.
    package var spelling: ColumnSpelling?
    /// How many it gives back.
    package var spelled = 0
  }

  /// What has been seen of a column.
  private struct Counts {
    var cells = 0
    /// Numbers of a fixed form, by their decimals.
    var fixed = [Int](repeating: 0, count: ColumnSpelling.maximumDecimals + 1)
    /// Numbers of the shortest form, without and with a point and a 0 behind integers.
    var shortest = [0, 0]
    /// The width of all numbers with the blanks before them: nil before the first, -1 if it differs.
    var width: Int?
    var hasBlanks = false
  }

  private let layout: TableText
  private var counts: [Counts] = []
  /// The most columns that are looked at.
  private let maximumColumns: Int

  /// - Parameter maximumColumns: those behind are not looked at.
  package init(_ layout: TableText, maximumColumns: Int = 4096) {
    self.layout = layout
    self.maximumColumns = maximumColumns
  }

  /// Looks at the whole lines of a text, and at the last one if the text ends there.
  ///
  /// - Returns: how many bytes were looked at.
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
    let scan = PlainDecimal(text, from: cell.begin, to: cell.end, point: layout.point)
    if scan.end == cell.end, scan.decimals <= ColumnSpelling.maximumDecimals {
      let fixed = ColumnSpelling(.fixed(decimals: scan.decimals))
      if fixed.find(in: text, from: cell.begin, to: cell.end, point: layout.point) != nil {
        counts[column].fixed[scan.decimals] += 1
        isNumber = true
      }
    }
    for hasPointZero in [false, true] {
      let shortest = ColumnSpelling(.shortest(hasPointZero: hasPointZero))
      let found = shortest.find(in: text, from: cell.begin, to: cell.end, point: layout.point)
      if found?.end == cell.end {
        counts[column].shortest[hasPointZero ? 1 : 0] += 1
        isNumber = true
      }
    }
    guard isNumber else { return }
    let width = room + cell.end - cell.begin
    if room > 0 { counts[column].hasBlanks = true }
    counts[column].width = counts[column].width ?? width == width ? width : -1
  }

  /// What is known of each column so far.
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
        best.spelling = ColumnSpelling(form)
      }
      if let width = counts.width, counts.hasBlanks, (1...255).contains(width) {
        best.spelling?.width = width
      }
      return best
    }
  }
}
