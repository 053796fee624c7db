import ByteIO

/// How the text of a table is kept beside its numbers, so that it is reproduced byte for byte.
///
/// The numbers of selected columns are the samples; the rest of the text is the skeleton, see ``TableTextSplitter``.
package struct KeptText: Equatable, Sendable {
  /// Where lines and cells end.
  package var layout: TableText
  /// The spelling of the numbers of each column; nil for a column that is all text.
  package var spellings: [ColumnSpelling?]
  /// The text before the rows: a byte order mark, and everything up to the line of column names, or of their units.
  package var preface: [UInt8]
  /// The text after the last column of a row: separators and the line end.
  package var rowEnd: [UInt8]
  /// Whether numbers stay in the text, and are parsed from it again.
  package var isWhole = false
  /// The encoding of the file. Text in memory is UTF-8, or bytes as they are.
  package var encoding = TextEncoding.bytes
  /// Numbers that stand for missing ones. A decoder does not need them: their cells are in the text.
  package var missing: [Double] = []

  /// The maximum size in bytes of the text before the rows.
  package static let maximumPreface = 1 << 20
  /// The maximum size in bytes of the text after the last column: at most 255 separators and a line end.
  package static let maximumRowEnd = 512
  /// The maximum number of columns.
  package static let maximumColumns = 1 << 18

  /// The columns, from 0, whose numbers are the values of a sample. If there are none, a sample is a single 0.
  package var numberColumns: [Int] { spellings.indices.filter { spellings[$0] != nil } }

  /// The number of values in a sample.
  package var valuesPerSample: Int { max(1, spellings.count { $0 != nil }) }

  /// The maximum size in bytes of a row's text, without that of its text columns.
  package var bytesOfNumbers: Int {
    // A binary64 number takes at most 24 characters, whatever its decimals; padding and a separator may be added.
    rowEnd.count + spellings.reduce(0) { $0 + 1 + ($1.map { max(24, $0.width) } ?? 0) }
  }

  /// The spellings of the columns whose numbers are removed from the text.
  var takenOut: [ColumnSpelling?] { isWhole ? spellings.map { _ in nil } : spellings }

  /// The skeleton of a row that consists of numbers only; nil if there are no such rows.
  var regularRow: [UInt8]? {
    guard !isWhole, !spellings.isEmpty, spellings.allSatisfy({ $0 != nil }), rowEnd.last == layout.lineEnd
    else {
      return nil
    }
    var row: [UInt8] = [0]
    for _ in spellings.dropFirst() { row += [layout.separator.byte, 0] }
    return row + rowEnd
  }
}

extension KeptText {
  private static let hasCommas: UInt8 = 0x08
  private static let isWholeFlag: UInt8 = 0x10
  private static let quotesEndFlag: UInt8 = 0x20
  private static let encodingShift: UInt8 = 6
  private static let groupsShift: UInt8 = 4

  /// Appends the layout in a byte, the spellings in runs, and the texts with their lengths.
  func encode(into w: inout ByteWriter) {
    w.append(
      layout.separator.rawValue | (layout.point == UInt8(ascii: ",") ? Self.hasCommas : 0)
        | (isWhole ? Self.isWholeFlag : 0) | (layout.quotesSpanLines ? 0 : Self.quotesEndFlag)
        | encoding.rawValue << Self.encodingShift)
    w.append(layout.lineEnd | (layout.groups?.rawValue ?? 0) << Self.groupsShift)
    w.append(count: rowEnd.count)
    w.append(rowEnd)
    w.append(count: spellings.count)
    var column = 0
    while column < spellings.count {
      var end = column + 1
      while end < spellings.count, spellings[end] == spellings[column] { end += 1 }
      w.append(count: end - column)
      if let spelling = spellings[column] {
        spelling.encode(into: &w)
      } else {
        w.append([UInt8.max, 0])
      }
      column = end
    }
    w.append(count: preface.count)
    w.append(preface)
  }

  /// Parses what ``encode(into:)`` wrote; nil for anything else.
  init?(from r: inout ByteReader) throws(ByteReader.Failure) {
    let flags: UInt8 = try r.integer()
    guard let separator = DelimitedStyle.Separator(rawValue: flags & 7),
      let encoding = TextEncoding(rawValue: flags >> Self.encodingShift)
    else { return nil }
    self.encoding = encoding
    isWhole = flags & Self.isWholeFlag != 0
    let (ends, mask): (UInt8, UInt8) = (try r.integer(), 1 << Self.groupsShift - 1)
    let (lineEnd, groups) = (ends & mask, DigitGroups(rawValue: ends >> Self.groupsShift))
    guard groups != nil || ends == lineEnd else { return nil }
    layout = TableText(
      separator: separator, lineEnd: lineEnd, point: UInt8(ascii: flags & Self.hasCommas == 0 ? "." : ","),
      groups: groups,
      quotesSpanLines: flags & Self.quotesEndFlag == 0)
    rowEnd = Array(try r.take(try r.count()))
    let columns = try r.count()
    guard [0x0A, 0x0D].contains(lineEnd), columns <= Self.maximumColumns, rowEnd.count <= Self.maximumRowEnd
    else { return nil }
    spellings = []
    while spellings.count < columns {
      let run = try r.count()
      let (form, width): (UInt8, UInt8) = (try r.integer(), try r.integer())
      let spelling = ColumnSpelling(form, width: width)
      guard run > 0, run <= columns - spellings.count, spelling != nil || (form, width) == (.max, 0) else {
        return nil
      }
      spellings += [ColumnSpelling?](repeating: spelling, count: run)
    }
    preface = Array(try r.take(try r.count()))
    guard preface.count <= Self.maximumPreface else { return nil }
  }
}
