/// Mixes a number into a hash.
@inline(__always)
func mixed(_ hash: UInt32, _ number: UInt32) -> UInt32 {
  var h = hash &* 0x9E37_79B1 &+ number &* 0x85EB_CA6B &+ 0x27D4_EB2F
  h ^= h >> 15
  h = h &* 0xC2B2_AE35
  return h ^ h >> 13
}

/// The position in a table up to which a text has been read, and the surrounding cells.
struct TableCursor: ~Copyable {
  /// The number of cells of a row that are kept; later cells have no cell above.
  static let maximumColumns = 4096

  /// A cell including the separator that ends it.
  struct Cell: BitwiseCopyable {
    var begin = 0
    var count = 0
    /// The hash of all its bytes.
    var hash: UInt32 = 0
  }

  /// The text; all bytes before ``position`` are valid.
  let text: UnsafeMutablePointer<UInt8>
  /// The number of bytes read.
  private(set) var position = 0
  /// The number of the current cell within the row, from 0.
  private(set) var column = 0
  /// The number of bytes read of the current cell.
  private(set) var offset = 0
  /// The hash of these bytes.
  private(set) var prefix: UInt32 = 0
  /// The cells of the same column in the previous row, and in the one before that.
  private(set) var above = Cell()
  private(set) var above2 = Cell()
  /// The cell after ``above``.
  private(set) var aboveRight = Cell()
  /// The hashes of the two preceding cells in the row.
  private(set) var left: UInt32 = 0
  private(set) var left2: UInt32 = 0
  /// The hash of the row's first cell, and that of all cells of the row before the current one.
  private(set) var first: UInt32 = 0
  private(set) var all: UInt32 = 0

  private let separator: UInt8
  private let separatesByBlanks: Bool
  private let rowEnd: UInt8
  /// -1 if there is none.
  private let quote: Int
  private var isQuoted = false
  private var followsBlank = true
  /// The cells of three rows in rotation; `row` is the current one.
  private let cells = FixedBuffer<Cell>(repeating: Cell(), count: 3 * maximumColumns)
  private let counts = FixedBuffer<Int>(repeating: 0, count: 3)
  private var row = 0

  init(_ layout: TextLayout, text: UnsafeMutablePointer<UInt8>) {
    separator = layout.separator ?? 0
    separatesByBlanks = layout.separator == nil
    rowEnd = layout.rowEnd
    quote = layout.quote.map { Int($0) } ?? -1
    self.text = text
  }

  /// A byte of a cell; 0 after its end.
  @inline(__always)
  func byte(of cell: Cell, _ offset: Int) -> UInt32 {
    offset < cell.count ? UInt32(text[cell.begin &+ offset]) : 0
  }

  /// Appends the next byte of the text.
  ///
  /// - Returns: whether a cell starts after it.
  mutating func take(_ byte: UInt8) -> Bool {
    text[position] = byte
    position &+= 1
    offset &+= 1
    prefix = mixed(prefix, UInt32(byte) &+ 1)
    if byte == rowEnd {
      endCell()
      endRow()
      return true
    }
    if Int(byte) == quote { isQuoted.toggle() }
    if isQuoted { return false }
    if separatesByBlanks {
      // The first blank after a cell ends it. Further blanks belong to the next cell.
      let isBlank = byte == 0x20 || byte == 0x09
      defer { followsBlank = isBlank }
      guard isBlank, !followsBlank else { return false }
    } else if byte != separator {
      return false
    }
    endCell()
    left2 = left
    left = prefix
    if column == 0 { first = prefix }
    all = mixed(all, prefix)
    column &+= 1
    beginCell()
    return true
  }

  private mutating func endCell() {
    guard column < Self.maximumColumns else { return }
    cells[row &* Self.maximumColumns &+ column] = Cell(begin: position &- offset, count: offset, hash: prefix)
    counts[row] = column &+ 1
  }

  private mutating func endRow() {
    row = row == 2 ? 0 : row &+ 1
    counts[row] = 0
    isQuoted = false
    followsBlank = true
    column = 0
    (left, left2, first, all) = (0, 0, 0, 0)
    beginCell()
  }

  private mutating func beginCell() {
    offset = 0
    prefix = 0
    let before = row == 0 ? 2 : row &- 1
    above = cell(before, column)
    aboveRight = cell(before, column &+ 1)
    above2 = cell(row == 2 ? 0 : row &+ 1, column)
  }

  private func cell(_ row: Int, _ column: Int) -> Cell {
    column < counts[row] ? cells[row &* Self.maximumColumns &+ column] : Cell()
  }
}
