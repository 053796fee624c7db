import ByteIO
import Testing

@testable import EntropyCoding

@Suite("Text")
struct TextCoderTests {
  private func decode(_ bytes: [UInt8], count: Int, _ layout: TextLayout = TextLayout()) throws(ChunkError)
    -> [UInt8]
  {
    try TextCoder.decode(bytes[...], count: count, limit: 1 << 20, layout)
  }

  private func expectRoundTrip(_ text: [UInt8], _ layout: TextLayout = TextLayout()) throws {
    let bytes = TextCoder.encode(text, layout)
    #expect(try decode(bytes, count: text.count, layout) == text)
  }

  /// A table of all that repeats or goes on.
  private static let mixed = RandomTables.rows(3000) { row in
    "\(row + 41),\(RandomTables.hour(row)),\(["red", "green", "\"blue, dark\""][row / 7 % 3]),\(row * 25 % 1000).5"
  }

  @Test("tables of any kind come back", arguments: 0..<60)
  func randomTables(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let (layout, text) = RandomTables.any(&generator)
    try expectRoundTrip(text, layout)
  }

  @Test("bytes that are no table come back", arguments: [0, 1, 2, 3, 5, 255, 4095, 4096, 4097, 20_000])
  func anyBytes(count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(count))
    for highest: UInt8 in [0, 1, 44, 255] {
      try expectRoundTrip((0..<count).map { _ in UInt8.random(in: 0...highest, using: &generator) })
    }
    try expectRoundTrip([UInt8](repeating: UInt8(ascii: ","), count: count))
    try expectRoundTrip([UInt8](repeating: UInt8(ascii: "\n"), count: count))
    try expectRoundTrip([UInt8](repeating: UInt8(ascii: "\""), count: count))
  }

  @Test("a row of more columns than are kept comes back, and so does the row after it")
  func wideRows() throws {
    let row = (0..<TableCursor.maximumColumns + 900).map { "\($0 % 10)" }.joined(separator: ",")
    try expectRoundTrip(RandomTables.rows(3) { _ in row })
  }

  @Test("no text takes no byte, and a wrong layout costs bytes alone")
  func layouts() throws {
    #expect(TextCoder.encode([], TextLayout()).isEmpty)
    let own = TextCoder.encode(Self.mixed, TextLayout()).count
    for layout in [
      TextLayout(separator: UInt8(ascii: "5")), TextLayout(rowEnd: 0), TextLayout(separator: nil),
    ] {
      try expectRoundTrip(Self.mixed, layout)
      #expect(TextCoder.encode(Self.mixed, layout).count > own)
    }
  }

  @Test("text that is no table takes hardly more than its bytes")
  func noise() {
    var generator = SeededGenerator(seed: 1)
    let text = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    #expect(TextCoder.encode(text, TextLayout()).count < 52_500)
  }

  @Test("what goes on and repeats takes next to nothing, where zstd takes many times as much")
  func ratio() {
    func bytes(_ text: [UInt8]) -> (own: Int, zstd: Int) {
      (
        TextCoder.encode(text, TextLayout()).count,
        ZstdCompressor(level: 19, checksum: false).compress(text).count
      )
    }
    let counters = bytes(RandomTables.rows(20_000) { "\($0),\($0 * 3 + 1_000_000)" })
    #expect(counters.own < 600 && counters.own * 40 < counters.zstd, "\(counters)")
    let hours = bytes(RandomTables.rows(20_000) { RandomTables.hour($0) })
    #expect(hours.own < 900 && hours.own * 4 < hours.zstd, "\(hours)")
    let mixed = bytes(Self.mixed)
    #expect(mixed.own < 900 && mixed.own * 12 < mixed.zstd, "\(mixed)")
  }

  @Test("a column depends on the columns before, and on the rows above")
  func columns() {
    var generator = SeededGenerator(seed: 2)
    // The second column follows from the first, the third from the row above; 3.3 bits a row cannot be foreseen.
    var cycle = 1
    let text = RandomTables.rows(5000) { _ in
      let number = Int.random(in: 0..<10, using: &generator)
      cycle = cycle * 7 % 101
      return "\(number),\(number * 7919 % 1000),\(cycle * 104_729 % 10_007)"
    }
    let bits = Double(TextCoder.encode(text, TextLayout()).count) * 8 / 5000
    #expect((3.2...4.0).contains(bits), "\(bits)")
  }

  @Test("cells that are carried elsewhere take less than a thousandth of a bit")
  func marks() {
    let text = RandomTables.rows(10_000) { _ in "\0,\0,\0,\0,\0,\0" }
    let bytes = TextCoder.encode(text, TextLayout()).count
    #expect(bytes < 100, "\(bytes)")
  }

  @Test("a layout comes back from its bytes, and no other bytes are one")
  func layoutBytes() throws {
    for separator: UInt8? in [nil, 0, 44] {
      for quote: UInt8? in [nil, 34] {
        let layout = TextLayout(separator: separator, quote: quote, rowEnd: 13)
        var writer = ByteWriter()
        layout.encode(into: &writer)
        #expect(writer.bytes.count <= 4)
        var reader = ByteReader(writer.bytes[...])
        #expect(try TextLayout(from: &reader) == layout)
        var cut = ByteReader(writer.bytes.dropLast())
        #expect(throws: ChunkError.corrupt) { try TextLayout(from: &cut) }
      }
    }
    var wrong = ByteReader([4, 10][...])
    #expect(throws: ChunkError.corrupt) { try TextLayout(from: &wrong) }
  }

  @Test("the same text makes the same bytes everywhere")
  func knownAnswer() {
    let bytes = TextCoder.encode(Self.mixed, TextLayout())
    #expect(bytes.count == 398)
    #expect(Checksum.crc32(bytes) == 1_887_139_803)
    let blanks = RandomTables.rows(900) { "  \($0)   \($0 * $0 % 97).25 x" }
    #expect(Checksum.crc32(TextCoder.encode(blanks, TextLayout(separator: nil, quote: nil))) == 3_197_186_880)
  }

  @Test("more bytes than the limit are refused before memory is taken for them")
  func limit() {
    for count in [-1, 1 << 20 + 1, .max, .min] {
      #expect(throws: ChunkError.corrupt) { try decode([1, 2, 3], count: count) }
    }
  }

  @Test("bytes behind the end are refused")
  func bytesLeft() {
    for text in [Self.mixed, Array("1,2\n".utf8), []] {
      let bytes = TextCoder.encode(text, TextLayout())
      for rest: [UInt8] in [[0], [1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 9]] {
        #expect((try? decode(bytes + rest, count: text.count)) == nil)
      }
    }
  }

  @Test("a cut never gives back the text")
  func cuts() {
    let text = Array(Self.mixed.prefix(8000))
    let bytes = TextCoder.encode(text, TextLayout())
    for count in 0..<bytes.count where count < 40 || count % 29 == 0 || count > bytes.count - 4 {
      #expect((try? decode(Array(bytes[..<count]), count: text.count)) != text)
    }
  }

  @Test("wrong bytes never come back as the text, and nothing worse happens")
  func damage() {
    var generator = SeededGenerator(seed: 3)
    let text = Array(Self.mixed.prefix(8000))
    let bytes = TextCoder.encode(text, TextLayout())
    for place in 0..<bytes.count where place < 40 || place % 29 == 0 {
      var damaged = bytes
      damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
      #expect((try? decode(damaged, count: text.count)) != text)
    }
    for count in 0..<60 {
      let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      _ = try? decode(noise, count: Int.random(in: 0...9000, using: &generator))
    }
  }

  @Test("frequent bytes that are not distinct are refused")
  func frequentBytes() {
    let text = Self.mixed
    var bytes = TextCoder.encode(text, TextLayout())
    bytes[7] = bytes[3]
    #expect(throws: ChunkError.corrupt) { try decode(bytes, count: text.count) }
  }
}
