/// Decodes values with one table; see `RANS` for the steps.
///
/// Whatever the state, a value takes at most `RANS.maximumWordsPerValue` words, so a loop over a few values need only
/// check afterwards whether the words were there.
struct TableDecoder {
  var table: RANSDecoder.Table
  var starts: UnsafePointer<UInt16>
  var buckets: UnsafePointer<UInt16>

  /// A table, with the starts and buckets of all tables.
  @inline(__always)
  init(_ table: RANSDecoder.Table, _ starts: UnsafePointer<UInt16>, _ buckets: UnsafePointer<UInt16>) {
    self.table = table
    self.starts = starts + Int(table.firstStart)
    self.buckets = buckets + Int(table.firstBucket)
  }

  /// Decodes one value. Sets `good` to false if it does not fit an `Int32`.
  ///
  /// - Parameter end: the end of the words, if a state may run out of them; nil if it cannot.
  @inline(__always)
  func take(
    _ x: inout UInt32, _ next: inout UnsafePointer<UInt16>, _ good: inout Bool, end: UnsafePointer<UInt16>?
  ) -> Int32 {
    let place = x & 0x7FFF
    var slot = Int(buckets[Int(place &>> table.bucketShift)])
    slot &+= place >= UInt32(starts[slot &+ 1]) ? 1 : 0
    while place >= UInt32(starts[slot &+ 1]) { slot &+= 1 }
    let start = UInt32(starts[slot])
    x = (UInt32(starts[slot &+ 1]) &- start) &* (x >> 15) &+ place &- start
    Self.refill(&x, &next, end)
    guard slot >= Int(table.firstWithRest) else { return table.lowest &+ Int32(truncatingIfNeeded: slot) }
    // Copies, so that state and position stay in registers elsewhere.
    let rest = end.map { takeRest(slot, x, next, $0) } ?? takeRest(slot, x, next)
    x = rest.x
    next = rest.next
    guard let value = rest.value else {
      good = false
      return 0
    }
    return value
  }

  /// A value, nil if it does not fit an `Int32`, with the state and the next word after it.
  typealias Rest = (x: UInt32, next: UnsafePointer<UInt16>, value: Int32?)

  /// Decodes what follows a slot.
  @inline(never)
  func takeRest(_ slot: Int, _ state: UInt32, _ words: UnsafePointer<UInt16>) -> Rest {
    takeAnyRest(slot, state, words, nil)
  }

  /// Decodes what follows a slot, if a state may run out of words.
  @inline(never)
  func takeRest(
    _ slot: Int, _ state: UInt32, _ words: UnsafePointer<UInt16>, _ end: UnsafePointer<UInt16>
  ) -> Rest { takeAnyRest(slot, state, words, end) }

  @inline(__always)
  private func takeAnyRest(
    _ slot: Int, _ state: UInt32, _ words: UnsafePointer<UInt16>, _ end: UnsafePointer<UInt16>?
  ) -> Rest {
    var (x, next) = (state, words)
    var symbol = Int(table.lowest) + slot
    if slot == Int(table.count) {
      let head = Self.takeRaw(UInt32(Escape.headBits), &x, &next, end)
      let escape = Escape(head: head, tail: Self.takeRaw(head & 31, &x, &next, end))
      symbol = escape.symbol(lowest: table.lowest, count: Int(table.count))
    }
    let low = Self.takeRaw(table.rawBits, &x, &next, end)
    return (x, next, Int32(exactly: symbol << Int(table.rawBits) | Int(low)))
  }

  /// Decodes `count` raw bits, at most 32.
  @inline(__always)
  static func takeRaw(
    _ count: UInt32, _ x: inout UInt32, _ next: inout UnsafePointer<UInt16>, _ end: UnsafePointer<UInt16>?
  ) -> UInt32 {
    let lowCount = min(count, RANS.wordBits)
    let low = x & (1 &<< lowCount &- 1)
    x &>>= lowCount
    refill(&x, &next, end)
    guard count > lowCount else { return low }
    let high = x & (1 &<< (count &- lowCount) &- 1)
    x &>>= count &- lowCount
    refill(&x, &next, end)
    return high << RANS.wordBits | low
  }

  /// Appends the next word to the state if there is room, without a branch, which would be unpredictable.
  @inline(__always)
  static func refill(
    _ x: inout UInt32, _ next: inout UnsafePointer<UInt16>, _ end: UnsafePointer<UInt16>?
  ) {
    let word = UInt32(next.pointee)
    var low: UInt32 = x < RANS.least ? 1 : 0
    if let end { low &= next < end ? 1 : 0 }
    x = x &<< (low &* RANS.wordBits) | word & (0 &- low)
    next += Int(low)
  }
}
