/// Unpacks planes of integers: the reading side of ``RANSEncoder``.
///
/// It prepares what decoding needs of each table once, 4 to 18 bytes a listed symbol, and then serves any number of
/// chunks, from several tasks at once. `RANS` documents what it reads. Bytes that no encoder wrote give an error, or
/// wrong numbers where nothing shows that they are wrong; it never reads or writes out of bounds, and takes no more
/// time than for good ones.
package struct RANSDecoder: Sendable {
  /// Where a table's parts are.
  struct Table {
    /// In `starts`: where each slot begins on the scale of 2^15, and 2^15 last.
    var firstStart: UInt32
    /// In `buckets`: for equal parts of that scale, the slot at the beginning of each.
    var firstBucket: UInt32
    /// Bits of the scale below a bucket.
    var bucketShift: UInt32
    var count: UInt32
    var lowest: Int32
    var rawBits: UInt32
    /// The first slot after which something raw follows: the escape, or any.
    var firstWithRest: UInt32
    /// The slot of a symbol that nearly all values are, with nothing raw after it; else the escape.
    var dominant: UInt32
  }

  let starts: [UInt16]
  let buckets: [UInt16]
  /// For each plane, and then for each level.
  let tables: [Table]
  /// For each plane, which of `tables` is its.
  let index: [Int]
  /// In `tables`: those of the levels.
  let levels: Range<Int>

  /// How many plain planes a chunk has.
  package var planes: Int { index.count }

  /// Prepares to decode with `tables`.
  package init(_ tables: TableSet) {
    var starts: [UInt16] = []
    var buckets: [UInt16] = []
    self.tables = (tables.tables + tables.levels).map { table in
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
      let dominant = table.frequencies.firstIndex { Int($0) > FrequencyTable.total / 32 * 31 }
      return Table(
        firstStart: UInt32(firstStart), firstBucket: UInt32(firstBucket), bucketShift: UInt32(bucketShift),
        count: UInt32(table.count), lowest: table.lowest, rawBits: UInt32(table.rawBits),
        firstWithRest: table.rawBits == 0 ? UInt32(table.count) : 0,
        dominant: UInt32(table.rawBits == 0 ? dominant ?? table.count : table.count))
    }
    self.starts = starts
    self.buckets = buckets
    index = tables.index
    levels = tables.tables.count..<tables.tables.count + tables.levels.count
  }

  /// Unpacks `rows` values of each plane, where no plane is context-coded; see ``RANSReader`` for context-coded ones.
  ///
  /// - Parameters:
  ///   - bytes: what an encoder wrote for as many planes and rows, and nothing else.
  ///   - rows: at least 1.
  ///   - symbols: plane-major: the value of plane p and row r goes to symbols[p * planeStride + r].
  ///   - planeStride: values from one plane to the next, at least `rows`.
  /// - Throws: `corrupt` where the bytes are not an encoder's. What `symbols` holds then is of no use.
  package func decode(
    _ bytes: ArraySlice<UInt8>, rows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ChunkError) {
    var reader = try RANSReader(self, bytes, rows: rows, contextCodedPlanes: 0)
    try reader.planes(into: &symbols, planeStride: planeStride)
    try reader.finish()
  }
}
