/// Decodes planes of integers: the counterpart of ``RANSEncoder``.
///
/// It prepares each table once, at 4 to 18 bytes per listed symbol, and then serves any number of chunks, from several
/// tasks at once. `RANS` documents the format. Bytes that no encoder wrote throw an error, or give wrong numbers if
/// nothing reveals them. Decoding never accesses memory out of bounds, and takes no more time than for valid bytes.
package struct RANSDecoder: Sendable {
  /// The parts of a table.
  struct Table {
    /// In `starts`: the start of each slot on the scale of 2^15, followed by 2^15.
    var firstStart: UInt32
    /// In `buckets`: the first slot of each of equal parts of that scale.
    var firstBucket: UInt32
    /// The number of bits of the scale within a bucket.
    var bucketShift: UInt32
    var count: UInt32
    var lowest: Int32
    var rawBits: UInt32
    /// The first slot followed by raw bits: the escape, or slot 0.
    var firstWithRest: UInt32
    /// The slot of a symbol that nearly all values have, without raw bits; otherwise the escape.
    var dominant: UInt32
  }

  let starts: [UInt16]
  let buckets: [UInt16]
  /// The tables of the planes, followed by those of the levels.
  let tables: [Table]
  /// For each plane, its position in `tables`.
  let index: [Int]
  /// The positions of the levels in `tables`.
  let levels: Range<Int>

  /// The number of plain planes in a chunk.
  package var planes: Int { index.count }

  /// Prepares for decoding with `tables`.
  package init(_ tables: TableSet) {
    var starts: [UInt16] = []
    var buckets: [UInt16] = []
    self.tables = (tables.tables + tables.levels).map { table in
      let firstStart = starts.count
      let firstBucket = buckets.count
      // About four buckets per symbol, so that no slot starts within most of them.
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

  /// Decodes `rows` values of each plane, without context-coded planes; see ``RANSReader`` for those.
  ///
  /// - Parameters:
  ///   - bytes: exactly what an encoder wrote for as many planes and rows.
  ///   - rows: at least 1.
  ///   - symbols: plane-major: the value of plane p and row r goes to symbols[p * planeStride + r].
  ///   - planeStride: the number of values from one plane to the next, at least `rows`.
  /// - Throws: `corrupt` if no encoder writes such bytes. The content of `symbols` is then undefined.
  package func decode(
    _ bytes: ArraySlice<UInt8>, rows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ChunkError) {
    var reader = try RANSReader(self, bytes, rows: rows, contextCodedPlanes: 0)
    try reader.planes(into: &symbols, planeStride: planeStride)
    try reader.finish()
  }
}
