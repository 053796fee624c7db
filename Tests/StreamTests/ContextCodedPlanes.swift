@testable import Container
@testable import EntropyCoding

/// A closed loop: the level of a value follows from the values before it in its row, as a decoder knows them.
struct ContextCodedPlanes {
  var tables: TableSet
  var chunk: ChunkSymbols

  /// Narrow tables, the wider the higher the level, with an escape now and then.
  static let levels = (0..<12).map { level in
    FrequencyTable(
      lowest: -4, weights: RandomPlanes.geometric(0.003 + 0.05 * Double(level), reach: 4), escape: 2000,
      rawBits: 0)
  }

  /// Draws symbols from the tables of their levels. A hundredth of them takes an escape.
  init(planes: Int, contextCodedPlanes: Int, rows: Int, seed: UInt64) {
    let plain = RandomPlanes(
      weights: [[UInt32]](repeating: RandomPlanes.geometric(0.4), count: planes), rows: rows, seed: seed)
    tables = TableSet(plain.tables.tables, levels: Self.levels)
    chunk = ChunkSymbols(planes: planes, contextCodedPlanes: contextCodedPlanes, rows: rows)
    chunk.symbols.replaceSubrange(..<plain.symbols.count, with: plain.symbols)
    var generator = SeededGenerator(seed: seed &+ 1)
    for plane in 0..<contextCodedPlanes {
      for row in 0..<rows {
        let level = Self.level(chunk.symbols, planes + plane, row, stride: rows)
        let table = Self.levels[Int(level)]
        var rest = Int(generator.next() % UInt64(FrequencyTable.total))
        var slot = 0
        while slot < table.count, rest >= Int(table.frequencies[slot]) {
          rest -= Int(table.frequencies[slot])
          slot += 1
        }
        let value =
          generator.next() % 100 == 0 ? Int32.random(in: -99...99, using: &generator) : Int32(slot) - 4
        chunk.levels[plane * rows + row] = level
        chunk.symbols[(planes + plane) * rows + row] = value
      }
    }
  }

  /// The level of a value, from the two before it in its row.
  static func level(_ symbols: [Int32], _ plane: Int, _ row: Int, stride: Int) -> UInt8 {
    let near = plane < 1 ? 1 : symbols[(plane - 1) * stride + row].magnitude
    let far = plane < 2 ? 1 : symbols[(plane - 2) * stride + row].magnitude
    return UInt8(min(UInt64(levels.count - 1), 2 * UInt64(near) + UInt64(far)))
  }

  /// Unpacks a frame, as its receiver does: the levels follow from what is there.
  static func decode(
    _ frame: [UInt8], _ tables: TableSet, contextCodedPlanes: Int, maxRows: Int
  ) throws(ChunkError) -> [Int32] {
    try decode(
      ChunkDecoder(RANSDecoder(tables)).open(
        frame: frame[...], maxRows: maxRows, contextCodedPlanes: contextCodedPlanes), tables,
      contextCodedPlanes)
  }

  /// Unpacks the words of rANS.
  static func decode(
    words: [UInt8], _ tables: TableSet, contextCodedPlanes: Int, rows: Int
  ) throws(ChunkError) -> [Int32] {
    let reader = try RANSReader(
      RANSDecoder(tables), words[...], rows: rows, contextCodedPlanes: contextCodedPlanes)
    return try decode(
      ChunkSymbolReader(
        .rans(reader), rows: rows, planes: tables.planes, contextCodedPlanes: contextCodedPlanes),
      tables, contextCodedPlanes)
  }

  private static func decode(
    _ opened: ChunkSymbolReader, _ tables: TableSet, _ contextCodedPlanes: Int
  ) throws(ChunkError) -> [Int32] {
    var reader = opened
    let rows = reader.rows
    var symbols = [Int32](repeating: 0, count: (tables.planes + contextCodedPlanes) * rows)
    try reader.planes(into: &symbols, planeStride: rows)
    for plane in tables.planes..<tables.planes + contextCodedPlanes {
      let levels = (0..<rows).map { level(symbols, plane, $0, stride: rows) }
      let values = try reader.next(levels)
      symbols.replaceSubrange(plane * rows..<(plane + 1) * rows, with: values)
    }
    try reader.finish()
    return symbols
  }
}

extension ChunkSymbolReader {
  /// The values of the next context-coded plane.
  mutating func next(_ levels: [UInt8]) throws(ChunkError) -> [Int32] {
    var values = [Int32](repeating: 0x5A5A, count: levels.count)
    let error = levels.withUnsafeBufferPointer { levels in
      values.withUnsafeMutableBufferPointer { values -> ChunkError? in
        do throws(ChunkError) {
          try contextCodedPlane(levels: levels, into: values)
          return nil
        } catch {
          return error
        }
      }
    }
    if let error { throw error }
    return values
  }
}
