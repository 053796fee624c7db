import ByteIO
import Testing

@testable import Records

@Suite("Kept text")
struct KeptTextTests {
  /// Reads a text with its text kept.
  private func read(
    _ text: String, maxRows: Int = 3, groups: DigitGroups? = nil
  ) throws -> (SampleDescription, [SampleBatch]) {
    var options = ReadOptions(format: .csv)
    options.digitGroups = groups
    options.keepsText = true
    let reader = try SampleInput.open(MemorySource(Array(text.utf8)), name: "t.csv", options: options)
    var batches: [SampleBatch] = []
    while let batch = try reader.read(maxRows: maxRows) { batches.append(batch) }
    return (reader.description, batches)
  }

  private static let tables = [
    "a,b,c\n1,x,2.5\n2,y,\n3,\"z, z\",4.5\n", "1,2\n3,4",
    "\u{FEFF}t;v\r\n1;2,5\r\n# note\r\n\r\n3;4,5\r\n\r\n",
    "n\tw\n1\tone\n2\ttwo\n3\tNA\n-0.0\tfour\n+5\tfive\n12345678901234567890\tsix\n",
    "x y\n  1.5  2\n 11.5 22\n",
    "word\nanother\n", "a,b\n1,\u{0}\n2,\u{0}\u{0}\n", "a,b,\n1,2,\n3,4,\n",
    "d,v\n2020-01-01,1.10\n2020-01-02,2.20\n",
    "# only\n# comments\n1,2\n3,4\n# end", "v\r1\r2\r3\r",
    "id,t\n1,\"one\n# two\n\n\"\n2,\"\"\"\n\"\n3,\n", "\"a\nb\",c\n[m],\n1,2\n3,4\n",
    "sep=;\r\na;b\r\n1,5;x\r\n2,5;y\r\n",
    "@relation r\n@attribute a real\n@attribute b {x,y}\n% c\n@data\n1,x\n?,y\n", "x y\na 1 2\nb 3 4\n",
    "a,b\n# only\n\n",
    "a,b\n1,\"x\n2,\"y\n3,\"z\n", "a|b\n1|x,y\n2|z\n", "t,g\n1,a|b\n2,c|d\n",
  ]

  @Test("numbers and skeletons give back the text, in any batches", arguments: tables, [1, 2, 100])
  func roundTrip(text: String, maxRows: Int) throws {
    let (description, batches) = try read(text, maxRows: maxRows)
    let kept = try #require(description.format.kept)
    var back = kept.preface
    for batch in batches {
      let own = try #require(batch.text)
      #expect(own.ends.count == batch.rows && batch.valuesPerSample == kept.valuesPerSample)
      let (skeleton, numbers) = kept.split(own)
      #expect(numbers.map(\.bitPattern) == batch.doubles().map(\.bitPattern))
      #expect(skeleton.rows(limit: batch.rows) == batch.rows)
      let joined = kept.join(skeleton, numbers: numbers, isPrecise: true)
      #expect(joined == own)
      back += own.bytes
    }
    #expect(back == Array(text.utf8), "\(text)")
    // A writer gives the same.
    let sink = MemorySink()
    let writer = try SampleOutput.make(description, to: sink)
    for batch in batches { try writer.write(batch) }
    try writer.finish()
    #expect(sink.bytes == Array(text.utf8))
  }

  @Test(
    "groups of digits are numbers if asked, and come back",
    arguments: [
      (
        "a,b\n\"1,234.50\",1\n\"-12,345,678.25\",22\n\"7.00\",3\n", DigitGroups.comma,
        [1234.5, -12345678.25, 7]
      ),
      ("a;b\n1.234,5;1\n999.999;2\n0,25;3\n", .point, [1234.5, 999_999, 0.25]),
      ("a\tb\n1 234\t1\n12 345\t2\n999\t3\n", .blank, [1234, 12345, 999]),
      ("a|b\n1'000|1\n2'000'000|2\n3'00|3\n", .apostrophe, [1000, 2_000_000, .nan]),
      ("a b\n1_000 1\n1000 2\n-1_234 3\n", .underscore, [1000, 1000, -1234]),
    ])
  func groups(text: String, groups: DigitGroups, first: [Double]) throws {
    let (description, batches) = try read(text, maxRows: 100, groups: groups)
    let (kept, batch) = (try #require(description.format.kept), try #require(batches.first))
    let (skeleton, numbers) = kept.split(try #require(batch.text))
    #expect(
      stride(from: 0, to: 6, by: 2).map { numbers[$0] }.elementsEqual(first) {
        $0 == $1 || $0.isNaN && $1.isNaN
      })
    #expect(kept.join(skeleton, numbers: numbers, isPrecise: true) == batch.text)
    #expect(kept.spellings[0]?.hasGroups == true && kept.spellings[1]?.hasGroups == false)
    var w = ByteWriter()
    description.encode(into: &w)
    var r = ByteReader(w.bytes)
    #expect(try SampleDescription(from: &r).format.kept == kept)
    // Without being asked, the column is text, or has another meaning.
    let plain = try read(text, maxRows: 100).0.format.kept
    #expect(plain?.spellings[0]?.hasGroups != true)
  }

  @Test(
    "a description with kept text comes back from its bytes, and cuts of it are refused", arguments: tables)
  func description(text: String) throws {
    let (description, _) = try read(text)
    #expect(description.whole.format.kept?.isWhole == true)
    for description in [description, description.whole] {
      var description = description
      description.rows = nil
      var w = ByteWriter()
      description.encode(into: &w)
      var r = ByteReader(w.bytes)
      #expect(try SampleDescription(from: &r) == description)
      for cut in 0..<w.bytes.count {
        var r = ByteReader(Array(w.bytes[..<cut]))
        #expect(throws: SampleIOError.self) { try SampleDescription(from: &r) }
      }
      for (place, byte) in (0..<400).map({ ($0 * 7919 % w.bytes.count, UInt8(1 + $0 * 101 % 255)) }) {
        var damaged = w.bytes
        damaged[place] ^= byte
        var r = ByteReader(damaged)
        _ = try? SampleDescription(from: &r)
      }
    }
  }

  @Test("rows of numbers alone leave next to nothing")
  func regular() throws {
    let rows = (0..<1000).map { "\($0),\($0 % 7).50,\(-$0)\n" }
    let (description, batches) = try read("a,b,c\n" + rows.joined(), maxRows: 2000)
    let kept = try #require(description.format.kept)
    let (skeleton, numbers) = kept.split(try #require(batches.first?.text))
    #expect(skeleton == RowSkeleton(runs: [1000], text: []) && numbers.count == 3000)
    // A cell without a number is in the skeleton.
    let some = rows[..<10] + ["NA,1.50,3\n"] + rows[10..<20]
    let mixed = RowText(
      bytes: Array(some.joined().utf8), ends: some.indices.map { some[...$0].joined().utf8.count })
    #expect(kept.split(mixed).skeleton.runs == [10, 1, 10])
  }

  @Test("numbers that are other ones come in their column's spelling, or in full")
  func spelling() throws {
    let (description, batches) = try read("a,b\n1.50,x\n2.25,\n", maxRows: 5)
    let kept = try #require(description.format.kept)
    let (skeleton, _) = kept.split(try #require(batches.first?.text))
    #expect(kept.numberColumns == [0])
    let rounded = kept.join(skeleton, numbers: [1.504, 2], isPrecise: false)
    #expect(rounded?.bytes == Array("1.50,x\n2.00,\n".utf8))
    let precise = kept.join(skeleton, numbers: [1.504, 2], isPrecise: true)
    #expect(precise?.bytes == Array("1.504,x\n2.00,\n".utf8))
    // Lost rows have their numbers, and empty cells.
    #expect(kept.rows([3, .nan]) == Array("3.00,\n,\n".utf8))
    #expect(kept.join(skeleton, numbers: [1], isPrecise: false) == nil)
    #expect(kept.join(RowSkeleton(runs: [2], text: []), numbers: [1, 2], isPrecise: false) == nil)
  }

  @Test("a row with another number of fields is named, and a quote that stays open")
  func ragged() throws {
    let error = #expect(throws: SampleIOError.self) { try read("a,b\n1,x\n2,y,z\n3,w\n") }
    #expect(error == .columnCount(name: "t.csv", line: 3, found: 3, expected: 2))
    let later = #expect(throws: SampleIOError.self) { try read("a,b\n1,\"x\ny\"\n2\n3,w\n") }
    #expect(later == .columnCount(name: "t.csv", line: 4, found: 1, expected: 2))
    let rows = String(repeating: "1,x\n", count: 400_000)
    let open = #expect(throws: SampleIOError.self) {
      try read("a,b\n" + rows + "2,\"y\n3,w\n", maxRows: 100_000)
    }
    #expect(open == .openQuote(name: "t.csv", line: 400_002, column: 2))
  }

  @Test("text in UTF-16 comes back byte for byte, halves of pairs too", arguments: [true, false])
  func utf16(isBig: Bool) throws {
    func bytes(_ units: some Sequence<UInt16>) -> [UInt8] {
      units.flatMap { isBig ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)] }
    }
    let rows = (0..<300).map { "\($0),\($0 % 7 == 3 ? "\"é\n\u{1F600}\"" : "µ"),\($0).50\r\n" }.joined()
    let halves: [UInt16] = [0x31, 0x2C, 0xD83D, 0x2C, 0x32, 0x2C, 0xDE00, 0x0A]
    for text in [
      bytes(("\u{FEFF}a,b,c\r\n" + rows).utf16), bytes(rows.utf16),
      bytes(Array("a,b,c,d\n1,,2,3\n".utf16) + halves),
    ] {
      var options = ReadOptions()
      options.keepsText = true
      let reader = try SampleInput.open(SlowSource(text, piece: 7), name: "t.csv", options: options)
      let sink = MemorySink()
      let kept = try #require(reader.description.format.kept)
      #expect(kept.encoding == (isBig ? .utf16BigEndian : .utf16LittleEndian))
      let writer = try SampleOutput.make(reader.description, to: sink)
      while let batch = try reader.read(maxRows: 40) { try writer.write(batch) }
      try writer.finish()
      #expect(sink.bytes == text)
      var w = ByteWriter()
      reader.description.encode(into: &w)
      var r = ByteReader(w.bytes)
      #expect(try SampleDescription(from: &r).format == reader.description.format)
    }
  }

  @Test("bytes that are no UTF-8 become the replacement character in UTF-16")
  func damagedText() throws {
    let sink = MemorySink()
    let writer = TextEncoding.utf16BigEndian.encoding(to: sink)
    try writer.write([0x41, 0x80, 0xC3])
    try writer.write([0xA9, 0xF0, 0x9F])
    try writer.finish()
    #expect(sink.bytes == [0, 0x41, 0xFF, 0xFD, 0, 0xE9, 0xFF, 0xFD, 0xFF, 0xFD])
  }

  @Test("without text, a table with columns of text is read as its numbers")
  func numbersAlone() throws {
    let text = "id,name,v\n1,x,2.5\n2,y,NA\n"
    let reader = try SampleInput.open(MemorySource(Array(text.utf8)), name: "t.csv", options: ReadOptions())
    let batch = try #require(try reader.read(maxRows: 9))
    #expect(batch.text == nil && reader.description.columnNames == ["id", "v"])
    #expect(batch.doubles()[..<3] == [1, 2.5, 2] && batch.doubles()[3].isNaN)
  }
}
