import ByteIO
import Testing

@testable import Container
@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import VAECodec

@Suite("Tables whose text comes back")
struct TextTableTests {
  private static func table(rows: Int, seed: UInt64) -> String {
    var random = RandomSource(seed: seed)
    var text = "day,station,temp,\"wind, gusts\",count,empty\n"
    for row in 0..<rows {
      let station = ["north", "south", "\"east, far\"", "w"][random.index(below: 4)]
      let temperature = 200 + row % 24 * 5 + random.index(below: 20)
      let wind = random.index(below: 10) == 0 ? "NA" : "\(random.index(below: 300) / 10).5"
      let day = 1 + row / 24 % 28
      text +=
        "2021-03-\(day < 10 ? "0" : "")\(day),\(station),\(temperature / 10).\(temperature % 10),\(wind),"
      text += row % 17 == 3 ? "<5,\r\n" : "\(random.index(below: 50) - 9),\n"
      if row % 40 == 39 { text += "# a note\n\n" }
    }
    return text
  }

  private func packed(_ text: [UInt8], _ options: EncodeOptions) throws -> [UInt8] {
    let sink = MemorySink()
    _ = try Codec(threads: 2).pack(
      name: "t.csv", fitOptions: Models.options(epochs: 3), options: options, to: sink
    ) { () throws(CodecError) in try Tables.reader(text) }
    return sink.bytes
  }

  private func decoded(_ stream: [UInt8], threads: Int = 2, rows: RowSlice = .all) throws -> [UInt8] {
    let sink = MemorySink()
    _ = try Codec(threads: threads).decode(
      MemoryStore(stream), name: "t.vaec", model: nil, rows: rows
    ) { (description) throws(CodecError) in
      do throws(SampleIOError) { return try SampleOutput.make(description, to: sink) } catch {
        throw .samples(error)
      }
    }
    return sink.bytes
  }

  @Test("packed without loss, a table comes back byte for byte", arguments: [0, 1, 5, 300])
  func lossless(rows: Int) throws {
    for text in [Self.table(rows: rows, seed: 1), String(Self.table(rows: rows, seed: 2).dropLast())] {
      let stream = try packed(Array(text.utf8), EncodeOptions(errorBound: .lossless))
      #expect(try decoded(stream) == Array(text.utf8))
      #expect(try decoded(stream, threads: 1) == Array(text.utf8))
    }
  }

  @Test("under a bound, numbers are within it and all else is as it was")
  func bounded() throws {
    let text = Self.table(rows: 400, seed: 3)
    let stream = try packed(
      Array(text.utf8),
      EncodeOptions(
        errorBound: .byColumn(
          ColumnErrors(
            all: .ofRange(0.01),
            named: [ColumnErrors.Named(column: "count", bound: .error(0))]))))
    let back = String(decoding: try decoded(stream), as: UTF8.self)
    let (old, new) = (text.split(separator: "\n"), back.split(separator: "\n"))
    #expect(old.count == new.count && old[0] == new[0])
    for (a, b) in zip(old, new) {
      let (a, b) = (a.split(separator: ","), b.split(separator: ","))
      #expect(a.count == b.count)
      for (x, y) in zip(a, b) where x != y {
        let (x, y) = (try #require(Double(x)), try #require(Double(y)))
        #expect((x - y).magnitude < 0.4)
      }
      #expect(a.last == b.last)
    }
  }

  @Test("rows of a range come with the lines before the first row")
  func rows() throws {
    let text = Self.table(rows: 100, seed: 4)
    let stream = try packed(Array(text.utf8), EncodeOptions(errorBound: .lossless))
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let some = try decoded(stream, rows: RowSlice(lower: 2, upper: 5))
    var expected: [UInt8] = []
    for line in [lines[0]] + lines[3..<6] { expected += Array(line) + [UInt8(ascii: "\n")] }
    #expect(some == expected)
  }

  @Test("damage is found, and costs no more than its chunk", arguments: [3, 9])
  func damage(step: Int) throws {
    let text = Array(Self.table(rows: 60, seed: 5).utf8)
    let sink = MemorySink()
    let codec = try Codec(threads: 1)
    _ = try codec.encodeWithoutModel(
      try Tables.reader(text), name: "t", options: EncodeOptions(errorBound: .lossless, chunkRows: 20),
      to: sink)
    #expect(try decoded(sink.bytes) == text)
    for place in stride(from: 0, to: sink.bytes.count, by: step) {
      var damaged = sink.bytes
      damaged[place] ^= 0x21
      if let back = try? decoded(damaged) { #expect(back == text, "byte \(place)") }
    }
  }

  @Test("sections that no encoder writes are refused")
  func hostile() throws {
    let text = Array(Self.table(rows: 30, seed: 6).utf8)
    let reader = try Tables.reader(text)
    let kept = try #require(reader.description.format.kept)
    let batch = try #require(try reader.read(maxRows: 30))
    let section = TextSection(kept, isPrecise: true)
    let bytes = section.encode(batch)
    let content = [1, 2, 3] + bytes
    let split = try TextSection.split(content[...])
    #expect(Array(split.numbers) == [1, 2, 3])
    #expect(try section.decode(split.section, of: batch, memory: .standard) == batch.text)
    for cut in 0..<bytes.count {
      #expect(throws: ChunkError.self) {
        try section.decode(TextSection.split(bytes[..<cut]).section, of: batch, memory: .standard)
      }
    }
    for (place, byte) in (0..<600).map({ ($0 * 7919 % (bytes.count - 4), UInt8(1 + $0 * 101 % 255)) }) {
      var damaged = bytes
      damaged[place] ^= byte
      let found = try? section.decode(
        TextSection.split(damaged[...]).section, of: batch, memory: MemoryLimit(bytes: 1 << 26))
      #expect(found == nil || found == batch.text, "byte \(place)")
    }
    // A gigabyte of text in a few bytes.
    var w = ByteWriter()
    w.append(count: 2)
    w.append(count: 0)
    w.append(count: 30)
    w.append(count: 1 << 29)
    w.append([UInt8](repeating: 0, count: 1 << 14))
    #expect(throws: ChunkError.self) {
      try section.decode(w.bytes[...], of: batch, memory: MemoryLimit(bytes: 1 << 26))
    }
  }

  @Test("many repeated labels and a clock take few bytes")
  func small() throws {
    let rows = (0..<2000).map {
      "2020-01-\($0 / 1000 + 10) \(10 + $0 / 100 % 10):\(10 + $0 % 50),station \($0 % 3),\($0 * 10)\n"
    }
    let text = Array(("time,name,n\n" + rows.joined()).utf8)
    let stream = try packed(text, EncodeOptions(errorBound: .lossless))
    #expect(try decoded(stream) == text)
    #expect(stream.count < 700, "\(stream.count)")
  }
}
