/// Unpacks planes of integers: the reading side of ``RANSEncoder``.
///
/// It prepares what decoding needs of each table once, 4 to 18 bytes a listed symbol, and then serves any number of
/// chunks, from several tasks at once. `RANS` documents what it reads. Bytes that no encoder wrote give an error, or
/// wrong numbers where nothing shows that they are wrong; it never reads or writes out of bounds, and takes no more
/// time than for good ones.
public struct RANSDecoder: Sendable {
  /// Where a table's parts are.
  private struct Table {
    /// In `starts`: where each slot begins on the scale of 2^15, and 2^15 last.
    var firstStart: Int
    /// In `buckets`: for equal parts of that scale, the slot at the beginning of each.
    var firstBucket: Int
    /// Bits of the scale below a bucket.
    var bucketShift: UInt32
    var count: Int
    var lowest: Int32
    var rawBits: UInt32
    /// The first slot after which something raw follows: the escape, or any.
    var firstWithRest: Int
    /// The slot that nearly all values take, where there is one.
    var dominant: Int?
  }

  private let starts: [UInt16]
  private let buckets: [UInt16]
  private let tables: [Table]
  private let index: [Int]

  /// How many planes a chunk has.
  public var planes: Int { index.count }

  /// Prepares to decode with `tables`.
  public init(_ tables: TableSet) {
    var starts: [UInt16] = []
    var buckets: [UInt16] = []
    self.tables = tables.tables.map { table in
      let firstStart = starts.count
      let firstBucket = buckets.count
      // About four buckets a symbol: within most of them, no slot begins.
      var bucketBits = 5
      while bucketBits < 12, 1 << bucketBits < 4 * table.count { bucketBits += 1 }
      let bucketShift = FrequencyTable.precision - bucketBits
      var start = 0
      for (slot, frequency) in table.frequencies.enumerated() {
        starts.append(UInt16(start))
        start += Int(frequency)
        let first = buckets.count - firstBucket
        let after = (start + (1 << bucketShift) - 1) >> bucketShift
        buckets.append(contentsOf: repeatElement(UInt16(slot), count: after - first))
      }
      starts.append(UInt16(start))
      return Table(
        firstStart: firstStart, firstBucket: firstBucket, bucketShift: UInt32(bucketShift),
        count: table.count, lowest: table.lowest, rawBits: UInt32(table.rawBits),
        firstWithRest: table.rawBits == 0 ? table.count : 0,
        dominant: table.frequencies.firstIndex { Int($0) > FrequencyTable.total / 32 * 31 })
    }
    self.starts = starts
    self.buckets = buckets
    index = tables.index
  }

  /// Unpacks `rows` values of each plane.
  ///
  /// - Parameters:
  ///   - bytes: what an encoder wrote for as many planes and rows, and nothing else.
  ///   - rows: at least 1.
  ///   - symbols: plane-major: the value of plane p and row r goes to symbols[p * planeStride + r].
  ///   - planeStride: values from one plane to the next, at least `rows`.
  /// - Throws: `corrupt` where the bytes are not an encoder's. What `symbols` holds then is of no use.
  public func decode(
    _ bytes: ArraySlice<UInt8>, rows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ChunkError) {
    precondition(rows >= 1 && rows <= planeStride)
    precondition(index.isEmpty || symbols.count >= (index.count - 1) * planeStride + rows)
    var states = [UInt32](repeating: 0, count: RANS.lanes(rows: rows))
    let words = try Self.split(bytes, &states)
    let good = words.withUnsafeBufferPointer { words in
      symbols.withUnsafeMutableBufferPointer { symbols -> Bool in
        guard let first = words.baseAddress else { return false }
        var next = first
        let end = first + (words.count - Self.padding)
        if let base = symbols.baseAddress {
          for plane in index.indices {
            let values = base + plane * planeStride
            guard decode(values, rows, tables[index[plane]], &states, &next, end) else { return false }
          }
        }
        return next == end
      }
    }
    guard good, states.allSatisfy({ $0 == RANS.least }) else { throw .corrupt }
  }

  /// Words that may be read beyond the last before anyone looks whether they were there.
  private static let padding = RANS.lanes * RANS.mostWordsPerValue

  /// Divides `bytes` into states and words, and pads the words with zeros.
  private static func split(
    _ bytes: ArraySlice<UInt8>, _ states: inout [UInt32]
  ) throws(ChunkError) -> [UInt16] {
    let head = 4 * states.count
    guard bytes.count >= head, bytes.count % 2 == 0 else { throw .corrupt }
    let count = (bytes.count - head) / 2
    let words = bytes.withUnsafeBytes { raw in
      for lane in states.indices {
        states[lane] = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * lane, as: UInt32.self))
      }
      return [UInt16](unsafeUninitializedCapacity: count + padding) { words, used in
        for i in 0..<count {
          words[i] = UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: head + 2 * i, as: UInt16.self))
        }
        for i in count..<count + padding { words[i] = 0 }
        used = count + padding
      }
    }
    guard states.allSatisfy({ $0 >= RANS.least }) else { throw .corrupt }
    return words
  }

  /// Unpacks one plane. Returns false once more words are read than there are, or a value is none.
  private func decode(
    _ values: UnsafeMutablePointer<Int32>, _ rows: Int, _ table: Table, _ states: inout [UInt32],
    _ next: inout UnsafePointer<UInt16>, _ end: UnsafePointer<UInt16>
  ) -> Bool {
    let allLanes = states.count == RANS.lanes
    return starts.withUnsafeBufferPointer { starts in
      buckets.withUnsafeBufferPointer { buckets in
        guard let starts = starts.baseAddress, let buckets = buckets.baseAddress else { return false }
        let plane = PlaneDecoder(
          table: table, starts: starts + table.firstStart, buckets: buckets + table.firstBucket)
        guard allLanes else { return plane.decode(values, rows, &states[0], &next, end) }
        if let slot = table.dominant, table.rawBits == 0, slot < table.count {
          return plane.decode(values, rows, dominant: slot, &states, &next, end)
        }
        return plane.decode(values, rows, &states, &next, end)
      }
    }
  }

  /// One plane's table at hand.
  private struct PlaneDecoder {
    var table: Table
    var starts: UnsafePointer<UInt16>
    var buckets: UnsafePointer<UInt16>

    /// One lane.
    func decode(
      _ values: UnsafeMutablePointer<Int32>, _ rows: Int, _ state: inout UInt32,
      _ next: inout UnsafePointer<UInt16>, _ end: UnsafePointer<UInt16>
    ) -> Bool {
      var good = true
      for row in 0..<rows {
        values[row] = take(&state, &next, &good)
        guard good, next <= end else { return false }
      }
      return true
    }

    /// Four lanes.
    func decode(
      _ values: UnsafeMutablePointer<Int32>, _ rows: Int, _ states: inout [UInt32],
      _ words: inout UnsafePointer<UInt16>, _ end: UnsafePointer<UInt16>
    ) -> Bool {
      var good = true
      var next = words
      var (a, b, c, d) = (states[0], states[1], states[2], states[3])
      let even = rows & ~3
      for row in stride(from: 0, to: even, by: 4) {
        values[row] = take(&a, &next, &good)
        values[row + 1] = take(&b, &next, &good)
        values[row + 2] = take(&c, &next, &good)
        values[row + 3] = take(&d, &next, &good)
        guard good, next <= end else { return false }
      }
      if even < rows { values[even] = take(&a, &next, &good) }
      if even + 1 < rows { values[even + 1] = take(&b, &next, &good) }
      if even + 2 < rows { values[even + 2] = take(&c, &next, &good) }
      states = [a, b, c, d]
      words = next
      return good && next <= end
    }

    /// Four lanes, where nearly all values are the same: no search, and branches that are nearly always right.
    func decode(
      _ values: UnsafeMutablePointer<Int32>, _ rows: Int, dominant slot: Int, _ states: inout [UInt32],
      _ words: inout UnsafePointer<UInt16>, _ end: UnsafePointer<UInt16>
    ) -> Bool {
      let start = UInt32(starts[slot])
      let frequency = UInt32(starts[slot + 1]) - start
      let value = table.lowest &+ Int32(slot)
      var good = true
      var next = words
      @inline(__always) func takeDominant(_ x: inout UInt32) -> Int32 {
        let place = x & 0x7FFF &- start
        guard place < frequency else { return take(&x, &next, &good) }
        x = frequency &* (x >> 15) &+ place
        if x < RANS.least { Self.refill(&x, &next) }
        return value
      }
      var (a, b, c, d) = (states[0], states[1], states[2], states[3])
      let even = rows & ~3
      for row in stride(from: 0, to: even, by: 4) {
        values[row] = takeDominant(&a)
        values[row + 1] = takeDominant(&b)
        values[row + 2] = takeDominant(&c)
        values[row + 3] = takeDominant(&d)
        guard good, next <= end else { return false }
      }
      if even < rows { values[even] = takeDominant(&a) }
      if even + 1 < rows { values[even + 1] = takeDominant(&b) }
      if even + 2 < rows { values[even + 2] = takeDominant(&c) }
      states = [a, b, c, d]
      words = next
      return good && next <= end
    }

    /// Decodes one value. Sets `good` to false where it is no `Int32`.
    @inline(__always)
    func take(_ x: inout UInt32, _ next: inout UnsafePointer<UInt16>, _ good: inout Bool) -> Int32 {
      let place = x & 0x7FFF
      var slot = Int(buckets[Int(place &>> table.bucketShift)])
      slot &+= place >= UInt32(starts[slot &+ 1]) ? 1 : 0
      while place >= UInt32(starts[slot &+ 1]) { slot &+= 1 }
      let start = UInt32(starts[slot])
      x = (UInt32(starts[slot &+ 1]) &- start) &* (x >> 15) &+ place &- start
      Self.refill(&x, &next)
      guard slot >= table.firstWithRest else { return table.lowest &+ Int32(truncatingIfNeeded: slot) }
      // Copies, so that the state and the position stay in registers elsewhere.
      let rest = takeRest(slot, x, next)
      x = rest.x
      next = rest.next
      guard let value = rest.value else {
        good = false
        return 0
      }
      return value
    }

    /// Decodes what follows a slot. No value where it is no `Int32`.
    @inline(never)
    func takeRest(
      _ slot: Int, _ state: UInt32, _ words: UnsafePointer<UInt16>
    ) -> (x: UInt32, next: UnsafePointer<UInt16>, value: Int32?) {
      var (x, next) = (state, words)
      var symbol = Int(table.lowest) + slot
      if slot == table.count {
        let head = Self.takeRaw(UInt32(Escape.headBits), &x, &next)
        let escape = Escape(head: head, tail: Self.takeRaw(head & 31, &x, &next))
        symbol = escape.symbol(lowest: table.lowest, count: table.count)
      }
      let low = Self.takeRaw(table.rawBits, &x, &next)
      return (x, next, Int32(exactly: symbol << Int(table.rawBits) | Int(low)))
    }

    /// Decodes `count` raw bits, at most 32.
    @inline(__always)
    static func takeRaw(_ count: UInt32, _ x: inout UInt32, _ next: inout UnsafePointer<UInt16>) -> UInt32 {
      let lowCount = min(count, RANS.wordBits)
      let low = x & (1 &<< lowCount &- 1)
      x &>>= lowCount
      refill(&x, &next)
      guard count > lowCount else { return low }
      let high = x & (1 &<< (count &- lowCount) &- 1)
      x &>>= count &- lowCount
      refill(&x, &next)
      return high << RANS.wordBits | low
    }

    /// Takes the next word in where the state has room for it, without a branch: it could not be foreseen.
    @inline(__always)
    static func refill(_ x: inout UInt32, _ next: inout UnsafePointer<UInt16>) {
      let word = UInt32(next.pointee)
      let low: UInt32 = x < RANS.least ? 1 : 0
      x = x &<< (low &* RANS.wordBits) | word & (0 &- low)
      next += Int(low)
    }
  }
}
