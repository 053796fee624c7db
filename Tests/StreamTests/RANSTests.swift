import ByteIO
import Testing

@testable import EntropyCoding

@Suite("rANS")
struct RANSTests {
  private func decode(
    _ bytes: [UInt8], _ tables: TableSet, rows: Int, planeStride: Int? = nil
  ) throws(ChunkError) -> [Int32] {
    let stride = planeStride ?? rows
    var symbols = [Int32](repeating: 0x5A5A, count: tables.planes * stride)
    try RANSDecoder(tables).decode(bytes[...], rows: rows, into: &symbols, planeStride: stride)
    return symbols
  }

  @Test("symbols come back", arguments: [1, 2, 3, 5, 259, 5461, 5462, 5463])
  func roundTrip(rows: Int) throws {
    var generator = SeededGenerator(seed: UInt64(rows))
    for planes in [1, 12] {
      let weights = (0..<planes).map { _ in
        let count = Int.random(in: 1...1024, using: &generator)
        let shift = UInt32.random(in: 0...31, using: &generator)
        return (0..<count).map { _ in
          UInt32.random(in: 0...UInt32.max, using: &generator)
            >> UInt32.random(in: 0...shift, using: &generator)
        }
      }
      let chunk = RandomPlanes(weights: weights, rows: rows, seed: generator.next())
      let bytes = RANSEncoder(chunk.tables).encode(chunk.symbols, planeStride: rows, rows: rows)
      #expect(try decode(bytes, chunk.tables, rows: rows) == chunk.symbols)
    }
  }

  @Test("any integer comes back through an escape, whatever the raw bits", arguments: [0, 1, 5, 16, 17, 24])
  func escapes(rawBits: Int) throws {
    let lowest = Int32(-3) << Int32(max(0, 6 - rawBits))
    var values: [Int32] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
    for shift: Int32 in 0..<31 {
      values += [1 << shift, -1 << shift, (1 << shift) - 1, lowest &- 1 << shift]
    }
    for lowest in [lowest, .min, .max - 5] {
      let table = FrequencyTable(lowest: lowest, weights: [1, 5, 9, 5, 1], escape: 1, rawBits: rawBits)
      for rows in [values.count, lowest == .min ? 65_539 : 3 * values.count] {
        let symbols = (0..<rows).map { values[$0 % values.count] }
        let bytes = RANSEncoder(TableSet([table])).encode(symbols, planeStride: rows, rows: rows)
        #expect(try decode(bytes, TableSet([table]), rows: rows) == symbols)
        let estimate = TableSet([table]).bits(of: symbols, planeStride: rows, rows: rows) / 8
        #expect(abs(Double(bytes.count) - estimate) < 20 + estimate / 400)
      }
    }
  }

  @Test("random values with raw bits come back", arguments: [200, 999, 5463])
  func rawBits(rows: Int) throws {
    var generator = SeededGenerator(seed: 11)
    let tables = TableSet(
      (0..<12).map {
        FrequencyTable(lowest: -20, weights: [UInt32](repeating: 1, count: 40), escape: 1, rawBits: 2 * $0)
      })
    var symbols: [Int32] = []
    for plane in 0..<12 as Range<Int32> {
      for _ in 0..<rows {
        let high = Int32.random(in: -25...25, using: &generator)
        symbols.append(high << (2 * plane) + plane)
      }
    }
    let bytes = RANSEncoder(tables).encode(symbols, planeStride: rows, rows: rows)
    #expect(try decode(bytes, tables, rows: rows) == symbols)
  }

  @Test("planes may share a table, and lie apart from each other")
  func sharedAndApart() throws {
    let narrow = FrequencyTable(lowest: -1, weights: [1, 2, 1], escape: 1, rawBits: 0)
    let wide = FrequencyTable(lowest: 0, weights: [3, 1, 1, 1, 1], escape: 1, rawBits: 1)
    let tables = TableSet(tables: [narrow, wide], index: [0, 1, 0, 0])
    let (rows, stride) = (301, 400)
    let symbols = (0..<4 * stride).map { Int32($0 * 7919 % 3) - 1 }
    let bytes = RANSEncoder(tables).encode(symbols, planeStride: stride, rows: rows)
    let decoded = try decode(bytes, tables, rows: rows, planeStride: stride)
    for plane in 0..<4 {
      let range = plane * stride..<plane * stride + rows
      #expect(decoded[range] == symbols[range])
      // What is between planes is left alone.
      #expect(decoded[range.upperBound..<(plane + 1) * stride].allSatisfy { $0 == 0x5A5A })
    }
  }

  @Test("no planes at all take no bytes")
  func noPlanes() throws {
    #expect(RANSEncoder(TableSet([])).encode([], planeStride: 5, rows: 5) == [])
    #expect(try decode([], TableSet([]), rows: 5) == [])
  }

  @Test("a few symbols take from no byte to five")
  func fewSymbols() throws {
    let tables = TableSet([FrequencyTable(lowest: 0, weights: [1, 1, 1, 1], escape: 1, rawBits: 6)])
    var sizes: Set<Int> = []
    var generator = SeededGenerator(seed: 12)
    for rows in [1, 1, 2, 2, 3, 3, 4, 4, 5, 5] + [Int](repeating: 4, count: 200) {
      let symbols = (0..<rows).map { _ in Int32.random(in: 0..<256, using: &generator) }
      for symbols in [symbols, symbols.map { $0 & 1 }] {
        let bytes = RANSEncoder(tables).encode(symbols, planeStride: rows, rows: rows)
        #expect(try decode(bytes, tables, rows: rows) == symbols)
        sizes.insert(bytes.count)
      }
    }
    #expect(RANSEncoder(tables).encode([0, 0], planeStride: 2, rows: 2).isEmpty)
    #expect(sizes.isSuperset(of: [1, 2, 3, 4, 5]))
  }

  @Test("a known chunk has the known bytes")
  func knownAnswer() throws {
    // A quarter, a half, and the escape's quarter: two bits, one bit, two bits and 6 + 1 raw ones.
    let tables = TableSet([FrequencyTable(lowest: 5, weights: [1, 2], escape: 1, rawBits: 0)])
    let symbols: [Int32] = [6, 5, 6, 9]
    let bytes = RANSEncoder(tables).encode(symbols, planeStride: 4, rows: 4)
    // From the last to the first, x = 0:
    //   9, distance 3: tail 1 -> 1; head 000001 -> 0x41;
    //     escape, f = 0x2000, start 0x6000: x / f = 0, x mod f = 0x41 -> 0x6041
    //   6, f = 0x4000, start 0x2000: x / f = 1, x mod f = 0x2041 -> 0xC041
    //   5, f = 0x2000, start 0: x / f = 6, x mod f = 0x41 -> 0x30041
    //   6: x / f = 0xC, x mod f = 0x41 -> 0x62041, whose upper word is a byte
    #expect(bytes == [0x06, 0x41, 0x20])
    #expect(try decode(bytes, tables, rows: 4) == symbols)
  }

  @Test(
    "chunks of one lane and of four have the known checksums",
    arguments: [(100, UInt32(693_000_276)), (2051, 1_572_541_916)])
  func knownChecksums(rows: Int, checksum: UInt32) {
    let chunk = RandomPlanes.typical(rows: rows)
    let bytes = RANSEncoder(chunk.tables).encode(chunk.symbols, planeStride: rows, rows: rows)
    #expect(Checksum.crc32(bytes) == checksum)
  }

  @Test("a chunk takes hardly more than its tables' cross-entropy", arguments: [(100, 1.05), (1000, 1.01)])
  func rate(rows: Int, bound: Double) {
    let chunk = RandomPlanes.typical(rows: rows)
    let bits = chunk.tables.bits(of: chunk.symbols, planeStride: rows, rows: rows)
    #expect((20.0...30.0).contains(bits / Double(rows)))
    let bytes = RANSEncoder(chunk.tables).encode(chunk.symbols, planeStride: rows, rows: rows)
    #expect(Double(bytes.count) * 8 < bits * bound)
    // An entropy coder cannot win against the entropy.
    #expect(Double(bytes.count) * 8 > bits)
  }

  @Test("what is certain takes hardly anything")
  func certain() {
    let tables = TableSet(
      [FrequencyTable](
        repeating: FrequencyTable(lowest: 0, weights: [1 << 24], escape: 0, rawBits: 0), count: 64))
    let zeros = [Int32](repeating: 0, count: 64 * 10_000)
    #expect(RANSEncoder(tables).encode(zeros, planeStride: 1, rows: 1).isEmpty)
    // 640000 symbols of 4.4e-5 bits.
    #expect(RANSEncoder(tables).encode(zeros, planeStride: 10_000, rows: 10_000).count < 24)
  }

  @Test("a mostly certain plane comes back, exceptions and all", arguments: [255, 1003, 65_539])
  func dominant(rows: Int) throws {
    let weights: [UInt32] = [1, 3, 1 << 14, 3, 1]
    let tables = TableSet([FrequencyTable(lowest: -2, weights: weights, escape: 1, rawBits: 0)])
    let symbols = (0..<rows).map { row -> Int32 in row % 50 == 7 ? Int32(row % 9) - 4 : 0 }
    let bytes = RANSEncoder(tables).encode(symbols, planeStride: rows, rows: rows)
    #expect(try decode(bytes, tables, rows: rows) == symbols)
  }

  @Test(
    "a cut never gives back the right symbols, and between four lanes it is found out",
    arguments: [270, 21_900])
  func cuts(rows: Int) {
    let chunk = RandomPlanes.small(rows: rows)
    let bytes = RANSEncoder(chunk.tables).encode(chunk.symbols, planeStride: rows, rows: rows)
    for count in bytes.indices where count % (1 + bytes.count / 250) == 0 || count > bytes.count - 3 {
      let symbols = Result { try decode(Array(bytes.prefix(count)), chunk.tables, rows: rows) }
      #expect((try? symbols.get()) != chunk.symbols)
      if rows > 1000 { #expect(throws: ChunkError.corrupt) { try symbols.get() } }
    }
    #expect(throws: ChunkError.corrupt) { try decode(bytes + [1], chunk.tables, rows: rows) }
    #expect(throws: ChunkError.corrupt) { try decode(bytes + [1, 2], chunk.tables, rows: rows) }
  }

  @Test("the first word of one lane is not 0")
  func firstWord() throws {
    let tables = RandomPlanes.small(rows: 1).tables
    for bytes: [UInt8] in [[0], [0, 0], [0, 1, 2], [0, 0, 1, 2]] {
      #expect(throws: ChunkError.corrupt) { try decode(bytes, tables, rows: 9) }
    }
  }

  @Test("wrong bytes never come back as the right symbols, and nothing worse happens")
  func noise() {
    var generator = SeededGenerator(seed: 3)
    let escapes = FrequencyTable(lowest: 0, weights: [1], escape: 3, rawBits: 24)
    var chunk = RandomPlanes.small(rows: 270)
    chunk.tables = TableSet(chunk.tables.tables + [escapes])
    chunk.symbols += (0..<270).map { $0 % 9 == 0 ? $0 * 7_000_000 : 0 }
    let bytes = RANSEncoder(chunk.tables).encode(chunk.symbols, planeStride: 270, rows: 270)
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= UInt8.random(in: 1...255, using: &generator)
      #expect((try? decode(damaged, chunk.tables, rows: 270)) != chunk.symbols)
    }
    for length in stride(from: 0, to: 1500, by: 13) {
      let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      for rows in [1, 270, 16_400] { _ = try? decode(noise, chunk.tables, rows: rows) }
    }
  }
}
