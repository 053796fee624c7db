import Records

/// The buffers of a column that is made from cells.
struct ArrowColumnBuilder {
  let column: ArrowColumn
  private(set) var rows = 0
  private(set) var missing = 0
  private(set) var validity: [UInt8] = []
  /// Values or indices; offsets of text.
  private(set) var values: [UInt8] = []
  /// The bytes of text.
  private(set) var data: [UInt8] = []
  private var offset: Int64 = 0
  /// The words of a dictionary, and their places.
  private(set) var words: [[UInt8]] = []
  private var places: [[UInt8]: Int] = [:]

  /// The types that are written: views become text with offsets of 8 bytes.
  init(_ column: ArrowColumn) {
    self.column = column
    if case .text(let size) = column.type, column.indices == nil { appendInteger(0, size == 4 ? 4 : 8) }
  }

  /// Adds a cell.
  ///
  /// - Returns: whether it is of the column's type.
  mutating func add(_ cell: TableCells.Cell, _ cells: TableCells) -> Bool {
    let content = cells.content(cell)
    let isMissing =
      !cell.isQuoted && (content.isEmpty || content.elementsEqual(ArrowTable.missing.utf8))
    if rows & 7 == 0 { validity.append(0) }
    if isMissing { missing += 1 } else { validity[rows >> 3] |= 1 << UInt8(rows & 7) }
    rows += 1
    if case .text(let size) = column.type { return addText(isMissing ? [] : content, size, isMissing) }
    if isMissing {
      addZero()
      return true
    }
    return addValue(Substring(decoding: content, as: UTF8.self))
  }

  private mutating func addText(_ content: [UInt8], _ size: Int, _ isMissing: Bool) -> Bool {
    if let indices = column.indices {
      guard case .integer(let size, _)? = ArrowType(format: indices) else { return false }
      var place = 0
      if !isMissing {
        place = places[content] ?? words.count
        if place == words.count {
          places[content] = place
          words.append(content)
        }
      }
      appendInteger(Int64(place), size)
      return size == 8 || place < 1 << (8 * size - 1)
    }
    data += content
    offset += Int64(content.count)
    appendInteger(offset, size == 4 ? 4 : 8)
    return size != 4 || offset <= Int64(Int32.max)
  }

  /// Adds words of text.
  mutating func add(words: [[UInt8]]) {
    guard case .text(let size) = column.type else { return }
    for word in words { _ = addText(word, size, false) }
  }

  private mutating func addZero() {
    if column.type == .boolean {
      if (rows - 1) & 7 == 0 { values.append(0) }
    } else if let size = column.type.size {
      values += [UInt8](repeating: 0, count: size)
    }
  }

  private mutating func addValue(_ text: Substring) -> Bool {
    switch column.type {
    case .null, .text: return false
    case .boolean:
      addZero()
      guard text == "true" || text == "false" else { return false }
      if text == "true" { values[(rows - 1) >> 3] |= 1 << UInt8((rows - 1) & 7) }
      return true
    case .integer(let size, let isSigned): return addInteger(text, size, isSigned)
    case .float(2):
      guard let number = Double(text) else { return false }
      // Decimals of binary16 are read as the nearest one.
      let half = SampleBatch(doubles: [number], elementType: .f2, valuesPerSample: 1)
      values += half.bytes
      return true
    case .float(4):
      guard let number = Float(text) else { return false }
      return append(number)
    case .float:
      guard let number = Double(text) else { return false }
      return append(number)
    case .decimal(_, let scale): return addDecimal(text, scale)
    case .date(true): return append(ArrowCalendar.days(text).flatMap { Int32(exactly: $0) })
    case .date: return append(ArrowCalendar.moment(text, .milliseconds))
    case .time(let unit):
      let count = ArrowCalendar.time(text, unit)
      return unit.digits < 6 ? append(count.flatMap { Int32(exactly: $0) }) : append(count)
    case .timestamp(let unit, _): return append(ArrowCalendar.moment(text, unit))
    case .duration: return append(Self.integer(text).flatMap { Int64(exactly: $0) })
    }
  }

  private mutating func addInteger(_ text: Substring, _ size: Int, _ isSigned: Bool) -> Bool {
    guard let number = Self.integer(text) else { return false }
    // Lossy values may leave the range of a narrow type.
    let bits = 8 * size
    let range: ClosedRange<Int128> =
      isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
    appendInteger(
      Int64(truncatingIfNeeded: min(max(number, range.lowerBound), range.upperBound)), size)
    return true
  }

  /// An integer, also one that is written with decimals.
  private static func integer(_ text: Substring) -> Int128? {
    if let number = Int128(text) { return number }
    guard let number = Double(text), number.magnitude < 0x1p100 else { return nil }
    return Int128(number.rounded())
  }

  private mutating func addDecimal(_ text: Substring, _ scale: Int) -> Bool {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? String(parts[1].prefix(scale)) : ""
    let digits = parts[0] + fraction + String(repeating: "0", count: scale - fraction.utf8.count)
    guard let number = Int128(digits) else { return false }
    appendInteger(Int64(truncatingIfNeeded: number), 8)
    appendInteger(Int64(truncatingIfNeeded: number >> 64), 8)
    return true
  }

  private mutating func append<T: BitwiseCopyable>(_ value: T?) -> Bool {
    guard let value else { return false }
    withUnsafeBytes(of: value) { values.append(contentsOf: $0) }
    return true
  }

  private mutating func appendInteger(_ number: Int64, _ size: Int) {
    withUnsafeBytes(of: number.littleEndian) { values.append(contentsOf: $0.prefix(size)) }
  }
}
