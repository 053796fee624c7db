@testable import Container
@testable import EntropyCoding

/// The content of a chunk of symbols, unpacked with tables that the input chooses: rANS, and what zstd packs alone.
///
/// What can be unpacked is packed and unpacked again, and must be the same.
enum SymbolsTarget: FuzzTarget {
  static let name = "symbols"

  private static let maximumRows = 1 << 12

  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let (planes, levels, levelled) = (
      choices.number(below: 5), choices.number(below: 5), choices.number(below: 4)
    )
    let tables = TableSet(
      (0..<planes).map { _ in table(&choices) }, levels: (0..<levels).map { _ in table(&choices) })
    let contextCodedPlanes = levels == 0 ? 0 : levelled
    let decoder = ChunkDecoder(RANSDecoder(tables))
    guard let chunk = unpack(choices.rest, decoder, tables, contextCodedPlanes) else { return }
    let frame = ChunkEncoder(RANSEncoder(tables)).encode(chunk)
    guard
      let content = try? decoder.content(
        of: frame[...], maxRows: maximumRows, contextCodedPlanes: contextCodedPlanes, sampleBytes: 0),
      let again = unpack(content[...], decoder, tables, contextCodedPlanes)
    else { throw BrokenPromise("symbols that were packed cannot be unpacked") }
    try BrokenPromise.unless(
      again.rows == chunk.rows && again.symbols == chunk.symbols, "symbols that were packed twice differ")
  }

  /// A table of up to 64 symbols, or of as many as there can be.
  private static func table(_ choices: inout Choices) -> FrequencyTable {
    let shape = choices.number(below: 256)
    let count = shape & 0x80 == 0 ? 1 + shape & 63 : FrequencyTable.widest
    let rawBits = shape & 0x40 == 0 ? 0 : choices.number(below: FrequencyTable.maximumRawBits + 1)
    let lowest = Int32(truncatingIfNeeded: Int64(bitPattern: choices.number(bytes: 4)))
    let seed = choices.byte()
    let weights = (0..<count).map { place -> UInt32 in
      let weight = UInt32(count <= 64 ? choices.byte() : UInt8(truncatingIfNeeded: place &* Int(seed)))
      return weight * weight
    }
    return FrequencyTable(
      lowest: min(lowest, Int32.max - Int32(count)), weights: weights, escape: UInt32(seed), rawBits: rawBits)
  }

  /// The symbols of a content, at levels that follow from those before.
  private static func unpack(
    _ content: ArraySlice<UInt8>, _ decoder: ChunkDecoder, _ tables: TableSet, _ contextCodedPlanes: Int
  ) -> ChunkSymbols? {
    guard
      var reader = try? decoder.open(
        content: content, maxRows: maximumRows, contextCodedPlanes: contextCodedPlanes)
    else { return nil }
    var chunk = ChunkSymbols(planes: tables.planes, contextCodedPlanes: contextCodedPlanes, rows: reader.rows)
    let rows = reader.rows
    do throws(ChunkError) {
      try reader.planes(into: &chunk.symbols, planeStride: rows)
      for plane in 0..<contextCodedPlanes {
        let first = (tables.planes + plane) * rows
        for row in 0..<rows {
          let before = first >= rows ? Int(chunk.symbols[first - rows + row]) : row
          chunk.levels[plane * rows + row] = UInt8(before.magnitude % UInt(tables.levels.count))
        }
        let levels = Array(chunk.levels[plane * rows..<(plane + 1) * rows])
        try levels.withUnsafeBufferPointer { levels throws(ChunkError) in
          try chunk.symbols.withUnsafeMutableBufferPointer { symbols throws(ChunkError) in
            try reader.contextCodedPlane(
              levels: levels, into: UnsafeMutableBufferPointer(rebasing: symbols[first..<first + rows]))
          }
        }
      }
      try reader.finish()
    } catch {
      return nil
    }
    return chunk
  }

  static func seeds() throws -> [[UInt8]] {
    // A plain plane and a context-coded one, of few rows and of many, packed each way; and contents that are not an encoder's.
    let head: [UInt8] = [
      1, 1, 1, 7, 0, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 3, 0xFE, 0xFF, 0xFF, 0xFF, 1, 9, 20, 9, 1,
    ]
    var choices = Choices(head)
    _ = choices.take(3)
    let tables = TableSet([table(&choices)], levels: [table(&choices)])
    return [3, 40, 700].flatMap { rows -> [[UInt8]] in
      var chunk = ChunkSymbols(planes: 1, contextCodedPlanes: 1, rows: rows)
      for i in chunk.symbols.indices { chunk.symbols[i] = Int32(i * i % 11 - 2) }
      let content = ChunkEncoder(RANSEncoder(tables)).packed(chunk)
      let plain: [UInt8] =
        [UInt8(rows % 31 << 2 | 1), 1] + (0..<rows).map { UInt8(truncatingIfNeeded: $0) } + [0]
      return [head + content, head + plain, head + [plain[0] ^ 3] + plain.dropFirst()]
    }
  }
}
