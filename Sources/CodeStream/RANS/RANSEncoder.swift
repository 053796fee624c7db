/// Packs planes of integers with one frequency table each: the writing side of ``RANSDecoder``.
///
/// It prepares what encoding needs of each table once, 16 bytes a listed symbol, and then serves any number of
/// chunks, from several tasks at once. What it writes is documented at `RANS`.
public struct RANSEncoder: Sendable {
  /// How a slot changes a state.
  private struct Step {
    /// 2^47 / frequency, rounded up: see `apply`.
    var reciprocal: UInt64
    var frequency: UInt32
    var start: UInt32

    /// Encodes the slot into `x`, whose low word goes to `words` first where there is no room.
    ///
    /// x becomes (x / f) 2^15 + x mod f + start. With the reciprocal m = (2^47 + e) / f, e < f, the quotient
    /// x m / 2^47 exceeds x / f by x e / (f 2^47) < 1 / f, because x < 2^17 f: rounded down, it is exact. The
    /// product is below 2^64, because 2^17 e < m.
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

  /// Where a table's steps are, and which values they are for.
  private struct Table {
    var firstStep: Int
    var count: UInt32
    var lowest: Int32
    var rawBits: UInt32
  }

  private let steps: [Step]
  private let tables: [Table]
  private let index: [Int]

  /// How many planes a chunk has.
  public var planes: Int { index.count }

  /// Prepares to encode with `tables`.
  public init(_ tables: TableSet) {
    var steps: [Step] = []
    steps.reserveCapacity(tables.tables.reduce(0) { $0 + $1.frequencies.count })
    self.tables = tables.tables.map { table in
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
        firstStep: steps.count, count: UInt32(table.count), lowest: table.lowest,
        rawBits: UInt32(table.rawBits))
    }
    self.steps = steps
    index = tables.index
  }

  /// Packs `rows` values of each plane.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r is symbols[p * planeStride + r].
  ///   - planeStride: values from one plane to the next, at least `rows`.
  ///   - rows: at least 1.
  /// - Returns: states and words.
  public func encode(_ symbols: [Int32], planeStride: Int, rows: Int) -> [UInt8] {
    precondition(rows >= 1 && rows <= planeStride)
    precondition(index.isEmpty || symbols.count >= (index.count - 1) * planeStride + rows)
    var words = WordStack()
    var states = [UInt32](repeating: RANS.least, count: RANS.lanes(rows: rows))
    symbols.withUnsafeBufferPointer { symbols in
      guard let base = symbols.baseAddress else { return }
      for plane in index.indices.reversed() {
        encode(base + plane * planeStride, rows, tables[index[plane]], &states, &words)
      }
    }
    return words.bytes(after: states)
  }

  /// Packs one plane, from its last row to the first.
  private func encode(
    _ values: UnsafePointer<Int32>, _ rows: Int, _ table: Table, _ states: inout [UInt32],
    _ words: inout WordStack
  ) {
    var escapes = 0
    let rawShift = Int32(table.rawBits)
    for row in 0..<rows {
      escapes &+= UInt32(bitPattern: (values[row] &>> rawShift) &- table.lowest) < table.count ? 0 : 1
    }
    let wordsPerRow = 1 + Int(table.rawBits + RANS.wordBits - 1) / Int(RANS.wordBits)
    let room = rows * wordsPerRow + escapes * RANS.mostWordsPerValue
    let allLanes = states.count == RANS.lanes
    steps.withUnsafeBufferPointer { steps in
      guard let first = steps.baseAddress else { return }
      let plane = PlaneEncoder(table: table, steps: first + table.firstStep, mayEscape: escapes > 0)
      words.withRoom(for: room) { words in
        guard allLanes else {
          for row in stride(from: rows - 1, through: 0, by: -1) {
            plane.put(values[row], &states[0], &words)
          }
          return
        }
        var (a, b, c, d) = (states[0], states[1], states[2], states[3])
        let even = rows & ~3
        if rows - even > 2 { plane.put(values[even + 2], &c, &words) }
        if rows - even > 1 { plane.put(values[even + 1], &b, &words) }
        if rows - even > 0 { plane.put(values[even], &a, &words) }
        for row in stride(from: even - 4, through: 0, by: -4) {
          plane.put(values[row + 3], &d, &words)
          plane.put(values[row + 2], &c, &words)
          plane.put(values[row + 1], &b, &words)
          plane.put(values[row], &a, &words)
        }
        states = [a, b, c, d]
      }
    }
  }

  /// One plane's table at hand.
  private struct PlaneEncoder {
    var table: Table
    var steps: UnsafePointer<Step>
    var mayEscape: Bool

    /// Encodes one value: what the decoder takes last goes first.
    @inline(__always)
    func put(_ value: Int32, _ x: inout UInt32, _ words: inout UnsafeMutablePointer<UInt16>) {
      var symbol = value
      if table.rawBits > 0 {
        symbol = value &>> Int32(table.rawBits)
        Self.putRaw(UInt32(bitPattern: value) & (1 &<< table.rawBits &- 1), table.rawBits, &x, &words)
      }
      // In the table exactly if the difference, as it wraps around, is below the count.
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

/// Words in the order in which an encoder lets go of them: the reverse of a decoder's.
private struct WordStack {
  private var words: [UInt16] = []
  private var count = 0

  /// Lets `body` write at most `room` words.
  mutating func withRoom(for room: Int, _ body: (inout UnsafeMutablePointer<UInt16>) -> Void) {
    // One more: a step writes a word before it knows whether it counts.
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

  /// The states, then the words in a decoder's order, little-endian.
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
