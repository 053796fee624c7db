/// Encodes planes of integers with one frequency table per plane or per value: the counterpart of ``RANSDecoder``.
///
/// It prepares each table once, at 16 bytes per listed symbol, and then serves any number of chunks, from several tasks
/// at once. `RANS` documents the format.
package struct RANSEncoder: Sendable {
  /// The effect of a slot on a state.
  private struct Step {
    /// 2^47 / frequency, rounded up; see `apply`.
    var reciprocal: UInt64
    var frequency: UInt32
    var start: UInt32

    /// Encodes the slot into `x`; the low word of `x` first goes to `words` if there is no room.
    ///
    /// x becomes (x / f) 2^15 + x mod f + start. With the reciprocal m = (2^47 + e) / f, e < f, the quotient x m / 2^47
    /// exceeds x / f by x e / (f 2^47) < 1 / f, because x < 2^17 f; rounded down, it is exact. The product is below
    /// 2^64, because 2^17 e < m.
    @inline(__always)
    func apply(_ x: inout UInt32, _ words: inout UnsafeMutablePointer<UInt16>) {
      words.pointee = UInt16(truncatingIfNeeded: x)
      let full = x >> 17 >= frequency
      words += full ? 1 : 0
      x = full ? x >> 16 : x
      let quotient = UInt32(truncatingIfNeeded: (UInt64(x) &* reciprocal) >> 47)
      x = x &+ start &+ quotient &* (UInt32(FrequencyTable.total) &- frequency)
    }
  }

  /// The steps of a table, and the values they are for.
  private struct Table {
    var firstStep: UInt32
    var count: UInt32
    var lowest: Int32
    var rawBits: UInt32
  }

  private let steps: [Step]
  private let tables: [Table]
  private let index: [Int]
  private let levels: [Table]

  /// The number of plain planes in a chunk.
  package var planes: Int { index.count }

  /// Prepares for encoding with `tables`.
  package init(_ tables: TableSet) {
    let all = tables.tables + tables.levels
    var steps: [Step] = []
    steps.reserveCapacity(all.reduce(0) { $0 + $1.frequencies.count })
    let prepared = all.map { table in
      defer {
        var start: UInt32 = 0
        for frequency in table.frequencies {
          let divisor = UInt64(frequency)
          steps.append(
            Step(
              reciprocal: ((1 << 47) + divisor - 1) / divisor, frequency: UInt32(frequency), start: start))
          start += UInt32(frequency)
        }
      }
      return Table(
        firstStep: UInt32(steps.count), count: UInt32(table.count), lowest: table.lowest,
        rawBits: UInt32(table.rawBits))
    }
    self.steps = steps
    self.tables = Array(prepared[..<tables.tables.count])
    levels = Array(prepared[tables.tables.count...])
    index = tables.index
  }

  /// Encodes `rows` values of each plane, without context-coded planes.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r is symbols[p * planeStride + r].
  ///   - planeStride: the number of values from one plane to the next, at least `rows`.
  ///   - rows: at least 1.
  /// - Returns: the format that `RANS` documents.
  package func encode(_ symbols: [Int32], planeStride: Int, rows: Int) -> [UInt8] {
    encode(ChunkSymbols(symbols: symbols, planes: planes, planeStride: planeStride, rows: rows))
  }

  /// Encodes a chunk.
  ///
  /// - Parameter chunk: as many plain planes as the tables have, and no level beyond theirs.
  /// - Returns: the format that `RANS` documents.
  package func encode(_ chunk: ChunkSymbols) -> [UInt8] {
    encode(chunk, planes: 0..<chunk.allPlanes)
  }

  /// Encodes some of a chunk's planes.
  package func encode(_ chunk: ChunkSymbols, planes range: Range<Int>) -> [UInt8] {
    chunk.check()
    precondition(chunk.planes == planes, "the chunk has the tables' planes")
    precondition(range.lowerBound >= 0 && range.upperBound <= chunk.allPlanes)
    let (rows, stride) = (chunk.rows, chunk.planeStride)
    let lanes = RANS.lanes(planes: range.count, rows: rows)
    var words = WordStack()
    var states = SIMD4<UInt32>(repeating: RANS.emptyState(lanes: lanes))
    chunk.symbols.withUnsafeBufferPointer { symbols in
      chunk.levels.withUnsafeBufferPointer { levels in
        guard let symbols = symbols.baseAddress else { return }
        for plane in range.reversed() {
          let values = symbols + plane * stride
          if plane < planes {
            encode(values, rows, tables[index[plane]], lanes, &states, &words)
          } else if let levels = levels.baseAddress {
            encode(values, levels + (plane - planes) * stride, rows, lanes, &states, &words)
          }
        }
      }
    }
    return lanes == 1
      ? words.bytes(after: states.x) : words.bytes(after: (0..<lanes).map { states[$0] })
  }

  /// Encodes one plain plane, from the last row to the first.
  private func encode(
    _ values: UnsafePointer<Int32>, _ rows: Int, _ table: Table, _ lanes: Int,
    _ states: inout SIMD4<UInt32>, _ words: inout WordStack
  ) {
    var escapes = 0
    let rawShift = Int32(table.rawBits)
    for row in 0..<rows {
      escapes &+= UInt32(bitPattern: (values[row] &>> rawShift) &- table.lowest) < table.count ? 0 : 1
    }
    let wordsPerRow = 1 + Int(table.rawBits + RANS.wordBits - 1) / Int(RANS.wordBits)
    let room = rows * wordsPerRow + escapes * RANS.maximumWordsPerValue
    steps.withUnsafeBufferPointer { steps in
      guard let first = steps.baseAddress else { return }
      let coder = TableEncoder(table: table, steps: first + Int(table.firstStep), mayEscape: escapes > 0)
      words.withRoom(for: room) { words in
        Self.inTurns(rows, lanes, &states, &words) { row, x, words in coder.put(values[row], &x, &words) }
      }
    }
  }

  /// Encodes one context-coded plane, from the last row to the first.
  private func encode(
    _ values: UnsafePointer<Int32>, _ planeLevels: UnsafePointer<UInt8>, _ rows: Int, _ lanes: Int,
    _ states: inout SIMD4<UInt32>, _ words: inout WordStack
  ) {
    precondition(highest(planeLevels, rows) < levels.count, "every level has a table")
    steps.withUnsafeBufferPointer { steps in
      levels.withUnsafeBufferPointer { levels in
        guard let first = steps.baseAddress, let levels = levels.baseAddress else { return }
        words.withRoom(for: rows * RANS.maximumWordsPerValue) { words in
          Self.inTurns(rows, lanes, &states, &words) { row, x, words in
            let table = levels[Int(planeLevels[row])]
            TableEncoder(table: table, steps: first + Int(table.firstStep), mayEscape: true)
              .put(values[row], &x, &words)
          }
        }
      }
    }
  }

  /// Calls `put` for each row, from the last to the first, with the state of its lane.
  @inline(__always)
  private static func inTurns(
    _ rows: Int, _ lanes: Int, _ states: inout SIMD4<UInt32>, _ words: inout UnsafeMutablePointer<UInt16>,
    _ put: (_ row: Int, _ x: inout UInt32, _ words: inout UnsafeMutablePointer<UInt16>) -> Void
  ) {
    var (a, b, c, d) = (states.x, states.y, states.z, states.w)
    var next = words
    if lanes == 1 {
      for row in stride(from: rows - 1, through: 0, by: -1) { put(row, &a, &next) }
    } else {
      let even = rows & ~3
      if rows - even > 2 { put(even + 2, &c, &next) }
      if rows - even > 1 { put(even + 1, &b, &next) }
      if rows - even > 0 { put(even, &a, &next) }
      for row in stride(from: even - 4, through: 0, by: -4) {
        put(row + 3, &d, &next)
        put(row + 2, &c, &next)
        put(row + 1, &b, &next)
        put(row, &a, &next)
      }
    }
    states = SIMD4(a, b, c, d)
    words = next
  }

  /// The encoder for one table.
  private struct TableEncoder {
    var table: Table
    var steps: UnsafePointer<Step>
    var mayEscape: Bool

    /// Encodes one value. What the decoder reads last is encoded first.
    @inline(__always)
    func put(_ value: Int32, _ x: inout UInt32, _ words: inout UnsafeMutablePointer<UInt16>) {
      var symbol = value
      if table.rawBits > 0 {
        symbol = value &>> Int32(table.rawBits)
        Self.putRaw(UInt32(bitPattern: value) & (1 &<< table.rawBits &- 1), table.rawBits, &x, &words)
      }
      // The symbol is in the table exactly if the wrapped difference is below the count.
      let place = UInt32(bitPattern: symbol &- table.lowest)
      if mayEscape, place >= table.count {
        let escape = Escape(symbol: symbol, lowest: table.lowest, count: Int(table.count))
        Self.putRaw(escape.tail, UInt32(escape.tailBits), &x, &words)
        Self.putRaw(escape.head, UInt32(Escape.headBits), &x, &words)
        steps[Int(table.count)].apply(&x, &words)
      } else {
        steps[Int(place)].apply(&x, &words)
      }
    }

    /// Encodes the low `count` bits, at most 32.
    @inline(never)
    static func putRaw(
      _ bits: UInt32, _ count: UInt32, _ x: inout UInt32, _ words: inout UnsafeMutablePointer<UInt16>
    ) {
      if count > RANS.wordBits {
        putRaw(bits >> RANS.wordBits, count - RANS.wordBits, &x, &words)
        putRaw(bits & 0xFFFF, RANS.wordBits, &x, &words)
        return
      }
      if UInt64(x) >= 1 << UInt64(32 - count) {
        words.pointee = UInt16(truncatingIfNeeded: x)
        words += 1
        x >>= RANS.wordBits
      }
      x = x << count | bits
    }
  }
}

/// The words in the order in which an encoder emits them: the reverse of a decoder's.
private struct WordStack {
  private var words: [UInt16] = []
  private var count = 0

  /// Lets `body` write up to `room` words.
  mutating func withRoom(for room: Int, _ body: (inout UnsafeMutablePointer<UInt16>) -> Void) {
    // One more, because a step writes a word before it knows whether the word counts.
    let needed = count + room + 1
    if words.count < needed {
      words.append(contentsOf: repeatElement(0, count: max(needed, words.count * 2) - words.count))
    }
    words.withUnsafeMutableBufferPointer { words in
      guard let base = words.baseAddress else { return }
      var next = base + count
      body(&next)
      count = next - base
      precondition(count < words.count, "an encoder wrote more than it asked for")
    }
  }

  /// The single state as the first words, then the words in the decoder's order, little-endian.
  func bytes(after state: UInt32) -> [UInt8] {
    let upper = state >> RANS.wordBits
    // Without an upper word, no word has been emitted.
    let first = upper > 0 ? upper : state
    var bytes = [UInt8(truncatingIfNeeded: first), UInt8(truncatingIfNeeded: first >> 8)]
    while bytes.last == 0 { bytes.removeLast() }
    if upper > 0 { bytes += [UInt8(truncatingIfNeeded: state), UInt8(truncatingIfNeeded: state >> 8)] }
    return bytes + self.bytes(after: [])
  }

  /// The states, then the words in the decoder's order, little-endian.
  func bytes(after states: [UInt32]) -> [UInt8] {
    let head = states.count * 4
    return [UInt8](unsafeUninitializedCapacity: head + 2 * count) { bytes, used in
      let raw = UnsafeMutableRawBufferPointer(bytes)
      for (i, state) in states.enumerated() {
        raw.storeBytes(of: state.littleEndian, toByteOffset: 4 * i, as: UInt32.self)
      }
      for i in 0..<count {
        raw.storeBytes(of: words[count - 1 - i].littleEndian, toByteOffset: head + 2 * i, as: UInt16.self)
      }
      used = head + 2 * count
    }
  }
}
