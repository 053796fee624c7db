import Records
import VAECodec

/// A table from Arrow as text. Its first line has the types of the columns, which CSV cannot tell:
///
///     # vaec columns: l? g? u tsu:UTC?
///     "id","temp","name","time"
///     1,20.5,"a","2026-11-30T18:30:00.000000"
///
/// Text is always in quotes, so that an empty cell without them is a missing value.
enum ArrowTable {
  static let mark = "# vaec columns: "
  /// A missing value in a table of one column, where an empty line would be no row.
  static let missing = "NA"

  /// The columns that the first two lines describe, and where the rows begin; nil for other text.
  static func columns(_ bytes: UnsafeRawBufferPointer) -> (columns: [ArrowColumn], start: Int)? {
    guard bytes.starts(with: mark.utf8), let end = bytes.firstIndex(of: 0x0A) else { return nil }
    let line = String(decoding: bytes[mark.utf8.count..<end], as: UTF8.self)
    let tokens = line.split(separator: " ")
    var cells = TableCells(bytes, from: end + 1)
    var columns: [ArrowColumn] = []
    for (place, token) in tokens.enumerated() {
      guard let cell = cells.next(), cell.endsRow == (place == tokens.count - 1),
        let column = ArrowColumn(name: cells.text(cell), token: token)
      else { return nil }
      columns.append(column)
    }
    return columns.isEmpty ? nil : (columns, cells.position)
  }

  /// How the text is read for a model: columns that are no numbers are kept as they are.
  static func reading(_ bytes: UnsafeRawBufferPointer, _ given: ReadOptions) -> ReadOptions {
    guard let (columns, _) = columns(bytes) else { return given }
    return reading(columns, given)
  }

  static func reading(_ columns: [ArrowColumn], _ given: ReadOptions) -> ReadOptions {
    var options = given
    options.format = .csv
    options.header = true
    let exact = columns.filter { !$0.type.isNumeric || $0.indices != nil }.map(\.name)
    if !exact.isEmpty {
      options.columns.exact = ColumnList(names: exact + (given.columns.exact?.items ?? []))
    }
    return options
  }
}

/// The cells of a table's text, one after the other.
struct TableCells {
  struct Cell {
    var range: Range<Int>
    var isQuoted: Bool
    var endsRow: Bool
  }

  private let bytes: UnsafeRawBufferPointer
  /// Where the next cell begins.
  private(set) var position: Int

  init(_ bytes: UnsafeRawBufferPointer, from start: Int) { (self.bytes, position) = (bytes, start) }

  /// Nil at the end, or where the text is not as ``ArrowTable`` says.
  mutating func next() -> Cell? {
    guard position < bytes.count else { return nil }
    var cell = Cell(range: position..<position, isQuoted: bytes[position] == 0x22, endsRow: false)
    var end = position
    if cell.isQuoted {
      end += 1
      while true {
        while end < bytes.count, bytes[end] != 0x22 { end += 1 }
        guard end < bytes.count else { return nil }
        if end + 1 < bytes.count, bytes[end + 1] == 0x22 {
          end += 2
        } else {
          break
        }
      }
      cell.range = position + 1..<end
      end += 1
    } else {
      while end < bytes.count, bytes[end] != 0x2C, bytes[end] != 0x0A { end += 1 }
      cell.range = position..<end
    }
    guard end < bytes.count, bytes[end] == 0x2C || bytes[end] == 0x0A else { return nil }
    cell.endsRow = bytes[end] == 0x0A
    position = end + 1
    return cell
  }

  /// The bytes of a cell, quotes within it undoubled.
  func content(_ cell: Cell) -> [UInt8] {
    let own = bytes[cell.range]
    guard cell.isQuoted, own.contains(0x22) else { return Array(own) }
    var content: [UInt8] = []
    var isSecond = false
    for byte in own {
      if byte == 0x22, !isSecond {
        isSecond = true
        continue
      }
      isSecond = false
      content.append(byte)
    }
    return content
  }

  func text(_ cell: Cell) -> String { String(decoding: content(cell), as: UTF8.self) }
}
