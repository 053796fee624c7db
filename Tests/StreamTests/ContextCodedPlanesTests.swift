import ByteIO
import Testing

@testable import Container
@testable import EntropyCoding

@Suite("Levelled planes")
struct ContextCodedPlanesTests {
  private func kind(_ frame: [UInt8]) throws -> ContentKind? {
    ContentKind(rawValue: try ZstdFrame.decompress(frame[...], limit: 1 << 22)[0] & 3)
  }

  /// Rows drawn from `period` different ones.
  private func repeated(period: Int, rows: Int, planes: Int, contextCodedPlanes: Int) -> ContextCodedPlanes {
    let source = ContextCodedPlanes(
      planes: planes, contextCodedPlanes: contextCodedPlanes, rows: period, seed: 2)
    var generator = SeededGenerator(seed: 3)
    var result = source
    result.chunk = ChunkSymbols(planes: planes, contextCodedPlanes: contextCodedPlanes, rows: rows)
    for row in 0..<rows {
      let from = Int.random(in: 0..<period, using: &generator)
      for plane in 0..<planes + contextCodedPlanes {
        result.chunk.symbols[plane * rows + row] = source.chunk.symbols[plane * period + from]
      }
      for plane in 0..<contextCodedPlanes {
        result.chunk.levels[plane * rows + row] = source.chunk.levels[plane * period + from]
      }
    }
    return result
  }

  @Test("symbols come back where each level follows from them", arguments: [1, 2, 3, 258, 1003, 7282, 7283])
  func closedLoop(rows: Int) throws {
    for planes in [0, 1, 4] {
      let source = ContextCodedPlanes(planes: planes, contextCodedPlanes: 9, rows: rows, seed: UInt64(rows))
      let frame = ChunkEncoder(RANSEncoder(source.tables)).encode(source.chunk)
      let symbols = try ContextCodedPlanes.decode(frame, source.tables, contextCodedPlanes: 9, maxRows: 8000)
      #expect(symbols == source.chunk.symbols)
    }
  }

  @Test("known levels make known bytes")
  func knownAnswer() throws {
    let quarters = FrequencyTable(lowest: 5, weights: [1, 2], escape: 1, rawBits: 0)
    let halves = FrequencyTable(lowest: 0, weights: [1], escape: 1, rawBits: 0)
    let tables = TableSet([], levels: [quarters, halves])
    var chunk = ChunkSymbols(planes: 0, contextCodedPlanes: 2, rows: 2)
    chunk.symbols = [6, 0, 6, 0]
    chunk.levels = [0, 1, 0, 1]
    // From the last to the first, x = 0:
    //   0, f = 0x4000, start 0: x / f = 0 -> 0;  6, f = 0x4000, start 0x2000: x / f = 0 -> 0x2000
    //   0: x / f = 0, x mod f = 0x2000 -> 0x2000;  6: x / f = 0, x mod f = 0x2000 -> 0x4000
    let bytes = RANSEncoder(tables).encode(chunk)
    #expect(bytes == [0x00, 0x40])
    let reader = try RANSReader(RANSDecoder(tables), bytes[...], rows: 2, contextCodedPlanes: 2)
    var symbols = ChunkSymbolReader(.rans(reader), rows: 2, planes: 0, contextCodedPlanes: 2)
    #expect(try symbols.next([0, 1]) == [6, 0])
    #expect(try symbols.next([0, 1]) == [6, 0])
    try symbols.finish()
  }

  @Test("a chunk takes hardly more than its levels' cross-entropy")
  func rate() {
    let source = ContextCodedPlanes(planes: 2, contextCodedPlanes: 40, rows: 1000, seed: 8)
    let bits = source.tables.bits(of: source.chunk)
    let bytes = RANSEncoder(source.tables).encode(source.chunk)
    #expect((0.3...2.0).contains(bits / 42_000))
    #expect(Double(bytes.count) * 8 < bits * 1.003 + 128)
    #expect(Double(bytes.count) * 8 > bits * 0.999)
  }

  @Test("without levelled planes, a chunk is what it is without levels", arguments: [100, 300])
  func none(rows: Int) {
    let plain = RandomPlanes.typical(rows: rows)
    var chunk = ChunkSymbols(planes: plain.tables.planes, contextCodedPlanes: 0, rows: rows)
    chunk.symbols = plain.symbols
    let tables = TableSet(plain.tables.tables, levels: ContextCodedPlanes.levels)
    let frame = ChunkEncoder(RANSEncoder(tables)).encode(chunk)
    let old = ChunkEncoder(RANSEncoder(plain.tables))
    #expect(frame == old.encode(plain.symbols, planeStride: rows, rows: rows))
  }

  @Test("rows beyond those that count are no part of a chunk")
  func fewerRows() throws {
    let source = ContextCodedPlanes(planes: 2, contextCodedPlanes: 3, rows: 300, seed: 4)
    var chunk = ChunkSymbols(planes: 2, contextCodedPlanes: 3, rows: 410)
    chunk.rows = 300
    for plane in 0..<5 {
      let values = source.chunk.symbols[plane * 300..<(plane + 1) * 300]
      chunk.symbols.replaceSubrange(plane * 410..<plane * 410 + 300, with: values)
    }
    for plane in 0..<3 {
      let levels = source.chunk.levels[plane * 300..<(plane + 1) * 300]
      chunk.levels.replaceSubrange(plane * 410..<plane * 410 + 300, with: levels)
    }
    let encoder = ChunkEncoder(RANSEncoder(source.tables))
    #expect(encoder.encode(chunk) == encoder.encode(source.chunk))
  }

  @Test("any integer comes back at any level, whatever its raw bits", arguments: [3, 300, 16_386])
  func escapes(rows: Int) throws {
    let levels = [0, 1, 5, 16, 17, 24].map {
      FrequencyTable(lowest: -2, weights: [1, 5, 9, 5, 1], escape: 1, rawBits: $0)
    }
    var generator = SeededGenerator(seed: 6)
    var chunk = ChunkSymbols(planes: 0, contextCodedPlanes: 4, rows: rows)
    for i in chunk.symbols.indices {
      chunk.levels[i] = UInt8.random(in: 0..<6, using: &generator)
      chunk.symbols[i] =
        Int32.random(in: .min ... .max, using: &generator) >> Int32.random(in: 0...31, using: &generator)
    }
    chunk.symbols[0] = .min
    chunk.symbols[1] = .max
    let tables = TableSet([], levels: levels)
    let bytes = RANSEncoder(tables).encode(chunk)
    let words = try RANSReader(RANSDecoder(tables), bytes[...], rows: rows, contextCodedPlanes: 4)
    var reader = ChunkSymbolReader(.rans(words), rows: rows, planes: 0, contextCodedPlanes: 4)
    for plane in 0..<4 {
      let range = plane * rows..<(plane + 1) * rows
      #expect(try reader.next(Array(chunk.levels[range])) == Array(chunk.symbols[range]))
    }
    try reader.finish()
  }

  @Test("rows that repeat are packed by zstd, at any distance", arguments: [(30, 400, 60), (250, 1000, 200)])
  func repeatedRows(period: Int, rows: Int, planes: Int) throws {
    let source = repeated(period: period, rows: rows, planes: 3, contextCodedPlanes: planes)
    let encoder = RANSEncoder(source.tables)
    let frame = ChunkEncoder(encoder).encode(source.chunk)
    #expect(try kind(frame) == .rows)
    #expect(frame.count < encoder.encode(source.chunk).count * 2 / 3)
    let symbols = try ContextCodedPlanes.decode(
      frame, source.tables, contextCodedPlanes: planes, maxRows: rows)
    #expect(symbols == source.chunk.symbols)
  }

  @Test("planes that repeat are packed by zstd, few or many", arguments: [20, 200])
  func repeatedPlanes(planes: Int) throws {
    // Levels that do not help: those of one plane, for all.
    let one = ContextCodedPlanes(planes: 0, contextCodedPlanes: 1, rows: 900, seed: 4)
    var chunk = ChunkSymbols(planes: 0, contextCodedPlanes: planes, rows: 900)
    chunk.symbols = (0..<planes).flatMap { _ in one.chunk.symbols }
    chunk.levels = (0..<planes).flatMap { _ in one.chunk.levels }
    let frame = ChunkEncoder(RANSEncoder(one.tables)).encode(chunk)
    #expect(try kind(frame) == .planes)
    var reader = try ChunkDecoder(RANSDecoder(one.tables)).open(
      frame: frame[...], maxRows: 900, contextCodedPlanes: planes)
    for _ in 0..<planes { #expect(try reader.next(one.chunk.levels) == one.chunk.symbols) }
    try reader.finish()
  }

  @Test("many rows without pattern are packed by rANS, and no sample says otherwise")
  func independentRows() throws {
    let source = ContextCodedPlanes(planes: 10, contextCodedPlanes: 190, rows: 1000, seed: 5)
    let encoder = RANSEncoder(source.tables)
    let zstd = ZstdCompressor(level: 1, checksum: true)
    #expect(!Repetition.isLikely(in: source.chunk, encoder, zstd))
    let frame = ChunkEncoder(encoder).encode(source.chunk)
    #expect(try kind(frame) == .rans)
    let symbols = try ContextCodedPlanes.decode(frame, source.tables, contextCodedPlanes: 190, maxRows: 1000)
    #expect(symbols == source.chunk.symbols)
  }

  @Test(
    "a cut never gives back the right symbols, and between four lanes it is found out",
    arguments: [90, 13_200])
  func cuts(rows: Int) {
    let source = ContextCodedPlanes(planes: 1, contextCodedPlanes: 4, rows: rows, seed: 1)
    let bytes = RANSEncoder(source.tables).encode(source.chunk)
    func decode(_ words: [UInt8]) throws -> [Int32] {
      try ContextCodedPlanes.decode(words: words, source.tables, contextCodedPlanes: 4, rows: rows)
    }
    // Decoding levels takes its time.
    let step = 1 + bytes.count * rows / 200_000
    for count in bytes.indices where count % step == 0 || count > bytes.count - 3 {
      let symbols = Result { try decode(Array(bytes.prefix(count))) }
      #expect((try? symbols.get()) != source.chunk.symbols)
      if rows > 1000 { #expect(throws: ChunkError.corrupt) { try symbols.get() } }
    }
    #expect(throws: ChunkError.corrupt) { try decode(bytes + [1]) }
    #expect(throws: ChunkError.corrupt) { try decode(bytes + [1, 2]) }
  }

  @Test(
    "wrong bytes never come back as the right symbols, and nothing worse happens", arguments: [90, 13_200])
  func noise(rows: Int) {
    var generator = SeededGenerator(seed: 3)
    let source = ContextCodedPlanes(planes: 1, contextCodedPlanes: 4, rows: rows, seed: 1)
    let bytes = RANSEncoder(source.tables).encode(source.chunk)
    func decode(_ words: [UInt8]) -> [Int32]? {
      try? ContextCodedPlanes.decode(words: words, source.tables, contextCodedPlanes: 4, rows: rows)
    }
    for position in bytes.indices where position % (1 + bytes.count * rows / 200_000) == 0 {
      var damaged = bytes
      damaged[position] ^= UInt8.random(in: 1...255, using: &generator)
      #expect(decode(damaged) != source.chunk.symbols)
    }
    for length in stride(from: 4, to: 900, by: 14) {
      _ = decode((0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
  }

  @Test("in a frame of any kind, a change of a byte is found out or changes nothing")
  func damage() throws {
    let sources = [
      ContextCodedPlanes(planes: 1, contextCodedPlanes: 3, rows: 60, seed: 1),
      repeated(period: 3, rows: 80, planes: 1, contextCodedPlanes: 6),
    ]
    for source in sources {
      let frame = ChunkEncoder(RANSEncoder(source.tables)).encode(source.chunk)
      let planes = source.chunk.contextCodedPlanes
      func decode(_ frame: [UInt8]) throws(ChunkError) -> [Int32] {
        try ContextCodedPlanes.decode(
          frame, source.tables, contextCodedPlanes: planes, maxRows: source.chunk.rows)
      }
      for position in frame.indices {
        for change: UInt8 in [1, 0x10, 0xFF] {
          var damaged = frame
          damaged[position] ^= change
          if let symbols = try? decode(damaged) { #expect(symbols == source.chunk.symbols) }
        }
        #expect(throws: ChunkError.self) { try decode(Array(frame[..<position])) }
      }
    }
  }

  @Test("planes that are left are an error, and so is a chunk of fewer planes")
  func wrongPlanes() throws {
    let source = ContextCodedPlanes(planes: 2, contextCodedPlanes: 3, rows: 300, seed: 1)
    let bytes = RANSEncoder(source.tables).encode(source.chunk)
    var reader = try RANSReader(
      RANSDecoder(source.tables), bytes[...], rows: 300, contextCodedPlanes: 3)
    var symbols = [Int32](repeating: 0, count: 600)
    try reader.planes(into: &symbols, planeStride: 300)
    #expect(symbols[...] == source.chunk.symbols[..<600])
    #expect(throws: ChunkError.corrupt) { try reader.finish() }
    for planes in [0, 2] {
      #expect(throws: ChunkError.corrupt) {
        try ContextCodedPlanes.decode(words: bytes, source.tables, contextCodedPlanes: planes, rows: 300)
      }
    }
  }
}
