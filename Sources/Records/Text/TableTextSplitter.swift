/// Rows of text without the numbers of some columns, and these numbers.
package struct SplitRows: Equatable, Sendable {
  /// The number of rows.
  package var rows = 0
  /// For each row, the numbers of all columns with a spelling, whether the text keeps the cell or not; NaN if there is
  /// none.
  package var numbers: [Double] = []
  /// The text, with a zero byte for each number removed.
  package var skeleton: [UInt8] = []

  /// Creates an empty result.
  package init() {}
}

/// Removes the numbers of selected columns from the text of a table; a ``TableTextJoiner`` puts them back, byte for
/// byte.
///
/// A number is removed if the spelling of its column reproduces its text. All other cells stay. So do lines without a
/// row, which belong to the row after them, or to the last one. If a cell of such a column consists of zero bytes only,
/// another zero byte is added.
package struct TableTextSplitter: Sendable {
  private let layout: TableText
  private let spellings: [ColumnSpelling?]
  private let missing: [Double]
  /// Columns that have a spelling.
  package let numbersPerRow: Int

  /// - Parameters:
  ///   - spellings: for each column, how its numbers are spelled; nil to leave it as it is. Further columns of a row
  ///     are left as well.
  ///   - missing: numbers that stand for missing ones: their cells stay, and the numbers are NaN.
  package init(_ layout: TableText, spellings: [ColumnSpelling?], missing: [Double] = []) {
    self.missing = missing
    self.layout = layout
    self.spellings = spellings
    numbersPerRow = spellings.count { $0 != nil }
  }

  /// Splits the rows at the start of a text.
  ///
  /// - Parameters:
  ///   - text: the text read so far, without what was already split.
  ///   - maxRows: the maximum number of rows to split, at least 1.
  ///   - isEnd: whether the text ends there. The last line then needs no end, and lines without a row after the last
  ///     row are included.
  /// - Returns: the rows, and the number of bytes of their text; 0 if more text is needed.
  package func split(
    _ text: UnsafeRawBufferPointer, maxRows: Int, isEnd: Bool
  ) -> (rows: SplitRows, bytes: Int) {
    var result = SplitRows()
    var row = [Double](repeating: .nan, count: numbersPerRow)
    // A cell of zero bytes grows by one; a separator is next to it unless it is the last of the text.
    let room = text.count + text.count / 2 + 1
    var taken = 0
    result.skeleton = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      var output = Output(to: UnsafeMutableRawBufferPointer(buffer))
      var position = 0
      while position < text.count {
        let line = layout.line(in: text, from: position)
        guard line.isWhole || isEnd else { break }
        let isRow = layout.isRow(UnsafeRawBufferPointer(rebasing: text[position..<line.end]))
        if isRow {
          // There are enough rows. The lines before this one belong to the next row.
          guard result.rows < maxRows else { break }
          output.copied = taken
          row.withUnsafeMutableBufferPointer { split(text, position, line.end, into: $0, &output) }
          output.copy(text, to: line.next)
          result.numbers.append(contentsOf: row)
          result.rows += 1
          taken = line.next
        }
        position = line.next
      }
      if position == text.count, isEnd {
        output.copied = taken
        output.copy(text, to: position)
        taken = position
      }
      count = output.count
    }
    return (result, taken)
  }

  /// Splits a line.
  @inline(__always)
  private func split(
    _ text: UnsafeRawBufferPointer, _ begin: Int, _ end: Int, into row: UnsafeMutableBufferPointer<Double>,
    _ output: inout Output
  ) {
    row.update(repeating: .nan)
    var (position, column, place) = (begin, 0, 0)
    while place < row.count {
      let field = position
      while position < end, layout.isBlank(text[position]) { position &+= 1 }
      if let spelling = spellings[column] {
        let room = position &- field &- (layout.separator == .blanks && column > 0 ? 1 : 0)
        if let number = layout.number(spelling, in: text, at: position, to: end, room: room),
          missing.isEmpty || !missing.contains(number.value)
        {
          row[place] = number.value
          output.copy(text, to: number.begin)
          output.append(0)
          output.copied = number.end
          position = number.next
        } else {
          let cell = layout.cell(in: text, from: position, to: end)
          let number = layout.number(UnsafeRawBufferPointer(rebasing: text[cell.begin..<cell.end]))
          row[place] = missing.contains(number) ? .nan : number
          if cell.begin < cell.end, text[cell.begin..<cell.end].allSatisfy({ $0 == 0 }) {
            output.copy(text, to: cell.end)
            output.append(0)
          }
          position = cell.next
        }
        place &+= 1
      } else {
        position = layout.cell(in: text, from: position, to: end).next
      }
      column &+= 1
      guard position < end else { return }
      if layout.separator != .blanks { position &+= 1 }
    }
  }
}

/// The output, in memory that is large enough.
private struct Output {
  private let base: UnsafeMutableRawBufferPointer
  private(set) var count = 0
  /// The bytes of the text before this position have been written.
  var copied = 0

  init(to base: UnsafeMutableRawBufferPointer) { self.base = base }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    base[count] = byte
    count &+= 1
  }

  /// Copies the text up to `end`.
  @inline(__always)
  mutating func copy(_ text: UnsafeRawBufferPointer, to end: Int) {
    let length = end &- copied
    guard length > 1 else {
      if length == 1 { append(text[copied]) }
      copied = max(copied, end)
      return
    }
    UnsafeMutableRawBufferPointer(rebasing: base[count...]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: text[copied..<end]))
    count &+= length
    copied = end
  }
}
