/// Puts the numbers back into the text of a table from which a ``TableTextSplitter`` removed them.
package struct TableTextJoiner: Sendable {
  /// The number of rows in the text differs from that of the numbers.
  package struct RowsDiffer: Error {}

  private let layout: TableText
  private let spellings: [ColumnSpelling?]
  private let isPrecise: Bool
  /// The number of columns with a spelling.
  package let numbersPerRow: Int

  /// - Parameters:
  ///   - layout: as for the splitter.
  ///   - spellings: as for the splitter.
  ///   - isPrecise: whether numbers that their spelling would round are written in full.
  package init(_ layout: TableText, spellings: [ColumnSpelling?], isPrecise: Bool = false) {
    self.isPrecise = isPrecise
    self.layout = layout
    self.spellings = spellings
    numbersPerRow = spellings.count { $0 != nil }
  }

  /// Appends the text of rows.
  ///
  /// - Parameters:
  ///   - skeleton: that of all these rows.
  ///   - numbers: for each row, those of all columns with a spelling. Numbers that were not removed are ignored.
  package func join(
    _ skeleton: UnsafeRawBufferPointer, numbers: UnsafeBufferPointer<Double>, rows: Int,
    into text: inout [UInt8]
  ) throws(RowsDiffer) {
    guard numbers.count == rows * numbersPerRow else { throw RowsDiffer() }
    var row = 0
    var position = 0
    var copied = 0
    while position < skeleton.count {
      let line = layout.line(in: skeleton, from: position)
      if layout.isRow(UnsafeRawBufferPointer(rebasing: skeleton[position..<line.end])) {
        guard row < rows else { throw RowsDiffer() }
        let own = UnsafeBufferPointer(rebasing: numbers[row * numbersPerRow..<(row + 1) * numbersPerRow])
        join(skeleton, position, line.end, own, &copied, into: &text)
        row += 1
      }
      position = line.next
    }
    guard row == rows else { throw RowsDiffer() }
    text.append(contentsOf: skeleton[copied...])
  }

  /// Joins a line. The skeleton from `copied` on has not been appended yet.
  @inline(__always)
  private func join(
    _ skeleton: UnsafeRawBufferPointer, _ begin: Int, _ end: Int, _ numbers: UnsafeBufferPointer<Double>,
    _ copied: inout Int, into text: inout [UInt8]
  ) {
    var (position, column, place) = (begin, 0, 0)
    while place < numbers.count {
      while position < end, layout.isBlank(skeleton[position]) { position &+= 1 }
      let cell = layout.cell(in: skeleton, from: position, to: end)
      if let spelling = spellings[column] {
        if cell.begin < cell.end, skeleton[cell.begin..<cell.end].allSatisfy({ $0 == 0 }) {
          // A single byte stands for the number. Of several, one is too many.
          if cell.end &- copied == 2 {
            text.append(skeleton[copied])
          } else {
            text.append(contentsOf: UnsafeRawBufferPointer(rebasing: skeleton[copied..<cell.end &- 1]))
          }
          copied = cell.end
          if cell.end &- cell.begin == 1 {
            append(numbers[place], spelling, isQuoted: cell.isQuoted, to: &text)
          }
        }
        place &+= 1
      }
      position = cell.next
      column &+= 1
      guard position < end else { return }
      if layout.separator != .blanks { position &+= 1 }
    }
  }

  @inline(__always)
  private func append(_ number: Double, _ spelling: ColumnSpelling, isQuoted: Bool, to text: inout [UInt8]) {
    let begin = text.count
    spelling.append(number, to: &text, layout, isPrecise: isPrecise)
    let missing = spelling.width - (text.count - begin)
    if missing > 0, !isQuoted { text.insert(contentsOf: repeatElement(0x20, count: missing), at: begin) }
  }
}
