import ByteIO
import Testing

@testable import Container
@testable import EntropyCoding

@Suite("Chunks")
struct ChunkTests {
  private func encode(_ chunk: RandomPlanes) -> [UInt8] {
    ChunkEncoder(RANSEncoder(chunk.tables)).encode(chunk.symbols, planeStride: chunk.rows, rows: chunk.rows)
  }

  private func decode(
    _ frame: [UInt8], _ tables: TableSet, maxRows: Int
  ) throws(ChunkError) -> (rows: Int, symbols: [Int32]) {
    var symbols = [Int32](repeating: 0x5A5A, count: tables.planes * maxRows)
    let decoder = ChunkDecoder(RANSDecoder(tables))
    let rows = try decoder.decode(frame[...], maxRows: maxRows, into: &symbols, planeStride: maxRows)
    return (rows, symbols)
  }

  private func kind(_ frame: [UInt8]) throws -> ContentKind? {
    ContentKind(rawValue: try ZstdFrame.decompress(frame[...], limit: 1 << 20)[0] & 3)
  }

  /// Rows that repeat `period` different ones, in random order.
  private func repeated(period: Int, rows: Int) -> RandomPlanes {
    var generator = SeededGenerator(seed: 9)
    let source = RandomPlanes.typical(rows: period)
    var chunk = source
    chunk.rows = rows
    let order = (0..<rows).map { _ in Int.random(in: 0..<period, using: &generator) }
    chunk.symbols = (0..<chunk.tables.planes).flatMap { plane in
      order.map { source.symbols[plane * period + $0] }
    }
    return chunk
  }

  @Test("rows without pattern are packed by rANS, with 13 to 14 bytes of frame", arguments: [1, 100, 1000])
  func independentRows(rows: Int) throws {
    let chunk = RandomPlanes.typical(rows: rows)
    let frame = encode(chunk)
    #expect(try kind(frame) == .rans)
    let payload = RANSEncoder(chunk.tables).encode(chunk.symbols, planeStride: rows, rows: rows)
    // Kind and rows take a byte, or two.
    #expect(frame.count - payload.count <= 16)
    #expect(try decode(frame, chunk.tables, maxRows: rows) == (rows, chunk.symbols))
  }

  @Test("rows that repeat are packed by zstd, in less than half of what rANS takes")
  func repeatedRows() throws {
    let chunk = repeated(period: 8, rows: 500)
    let frame = encode(chunk)
    #expect(try kind(frame) == .rows)
    let payload = RANSEncoder(chunk.tables).encode(chunk.symbols, planeStride: 500, rows: 500)
    #expect(frame.count * 2 < payload.count)
    #expect(try decode(frame, chunk.tables, maxRows: 500) == (500, chunk.symbols))
  }

  @Test("planes that repeat are packed by zstd, plane after plane")
  func repeatedPlanes() throws {
    let one = RandomPlanes(weights: [RandomPlanes.geometric(0.9)], rows: 600, seed: 4)
    var chunk = one
    chunk.tables = TableSet(tables: one.tables.tables, index: [Int](repeating: 0, count: 20))
    chunk.symbols = (0..<20).flatMap { _ in one.symbols }
    let frame = encode(chunk)
    #expect(try kind(frame) == .planes)
    #expect(try decode(frame, chunk.tables, maxRows: 600) == (600, chunk.symbols))
  }

  @Test("plain symbols of every width come back", arguments: [ContentKind.planes, .rows])
  func widths(kind: ContentKind) throws {
    let values: [[Int32]] = [
      [0, 0, 0], [1, -1, 127], [-128, 0, 5], [128, 0, 0], [-32768, 32767, 1], [40000, 0, 0], [.min, .max, 0],
    ]
    let symbols = values.flatMap { $0 }
    var content: [UInt8] = [3 << 2 | kind.rawValue]
    let chunk = ChunkSymbols(symbols: symbols, planes: 7, planeStride: 3, rows: 3)
    if kind == .planes {
      PlainSymbols.appendPlanes(chunk, to: &content)
    } else {
      PlainSymbols.appendRows(chunk, to: &content)
    }
    #expect(content.count == 1 + 7 + 3 * (0 + 1 + 1 + 2 + 2 + 4 + 4))
    let tables = TableSet(
      tables: [FrequencyTable(lowest: 0, weights: [1], escape: 0, rawBits: 0)],
      index: [Int](repeating: 0, count: 7))
    let decoder = ChunkDecoder(RANSDecoder(tables))
    var decoded = [Int32](repeating: 7, count: 21)
    #expect(try decoder.decode(content: content[...], maxRows: 3, into: &decoded, planeStride: 3) == 3)
    #expect(decoded == symbols)
    for count in content.indices {
      #expect(throws: ChunkError.corrupt) {
        try decoder.decode(content: content.prefix(count), maxRows: 3, into: &decoded, planeStride: 3)
      }
    }
    #expect(throws: ChunkError.corrupt) {
      try decoder.decode(content: (content + [0])[...], maxRows: 3, into: &decoded, planeStride: 3)
    }
  }

  @Test("impossible contents are refused")
  func impossible() {
    let tables = RandomPlanes.small(rows: 1).tables
    func error(_ content: [UInt8]) -> ChunkError? {
      let frame = ZstdFrame.compress(content, level: 1, checksum: true)
      return #expect(throws: ChunkError.self) { _ = try decode(frame, tables, maxRows: 10) }
    }
    #expect(error([]) == .corrupt)
    #expect(error([0x84]) == .corrupt)
    #expect(error([4, 0]) == .corrupt)
    #expect(error([7, 1]) == .corrupt)
    #expect(error([0, 1, 2]) == .rows(0, limit: 10))
    #expect(error([11 << 2, 1, 2]) == .rows(11, limit: 10))
    #expect(error([0xFD] + [UInt8](repeating: 0xFF, count: 7) + [0x7F]) == .rows(.max >> 2, limit: 10))
    #expect(error([UInt8](repeating: 0xFF, count: 10)) == .corrupt)
    #expect(error([5, 3, 0, 0, 0]) == .corrupt)
    #expect(error([10 << 2 | 2, 4, 4, 4]) == .corrupt)
    // More than ten rows of three planes can take, though zstd makes little of it.
    #expect(error([UInt8](repeating: 0, count: 1 << 20)) == .frame(.tooLarge(limit: 1024 + 3 + 30 * 12)))
  }

  @Test("any change of a byte is found out or changes nothing, and every cut is found out")
  func damage() throws {
    for chunk in [RandomPlanes.small(rows: 40), repeated(period: 3, rows: 60)] {
      let frame = encode(chunk)
      var found = 0
      for position in frame.indices {
        for change: UInt8 in [1, 0x10, 0xFF] {
          var damaged = frame
          damaged[position] ^= change
          // zstd leaves a few bits unused, and has several codes for the same content: then nothing is lost.
          guard let decoded = try? decode(damaged, chunk.tables, maxRows: chunk.rows) else {
            found += 1
            continue
          }
          #expect(decoded == (chunk.rows, chunk.symbols), "byte \(position)")
        }
        let cut = Array(frame[..<position])
        #expect(throws: ChunkError.self) { _ = try decode(cut, chunk.tables, maxRows: chunk.rows) }
      }
      #expect(found >= 3 * frame.count - 8)
    }
  }

  @Test("a chunk is the same whatever its encoder packed before")
  func repeatable() {
    let chunks = [RandomPlanes.typical(rows: 50), repeated(period: 4, rows: 200), .typical(rows: 300)]
    let encoder = ChunkEncoder(RANSEncoder(chunks[0].tables))
    for chunk in chunks + chunks.reversed() {
      #expect(encoder.encode(chunk.symbols, planeStride: chunk.rows, rows: chunk.rows) == encode(chunk))
    }
  }

  @Test("a frame may begin with something else, which zstd packs with the chunk")
  func prefixed() throws {
    for chunk in [RandomPlanes.typical(rows: 50), repeated(period: 4, rows: 200)] {
      let encoder = ChunkEncoder(RANSEncoder(chunk.tables))
      let symbols = ChunkSymbols(
        symbols: chunk.symbols, planes: chunk.tables.planes, planeStride: chunk.rows, rows: chunk.rows)
      let alone = encoder.encode(symbols)
      let frame = encoder.encode(symbols, after: [1, 2, 3, 4, 5])
      #expect((alone.count..<alone.count + 8).contains(frame.count))
      let decoder = ChunkDecoder(RANSDecoder(chunk.tables))
      let content = try decoder.unframe(frame[...], limit: 1 << 20)
      #expect(content.prefix(5) == [1, 2, 3, 4, 5])
      #expect(try content.dropFirst(5) == decoder.unframe(alone[...], limit: 1 << 20)[...])
      #expect(throws: ChunkError.frame(.tooLarge(limit: 3))) { try decoder.unframe(frame[...], limit: 3) }
    }
  }
}
