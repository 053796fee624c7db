import ByteIO
import Testing

@testable import Records

@Suite("Kept text")
struct KeptTextTests {
  /// Reads a text with its text kept.
  private func read(_ text: String, maxRows: Int = 3) throws -> (SampleDescription, [SampleBatch]) {
    var options = ReadOptions(format: .csv)
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

  @Test("a row with another number of fields is named")
  func ragged() throws {
    let error = #expect(throws: SampleIOError.self) { try read("a,b\n1,x\n2,y,z\n3,w\n") }
    #expect(error == .columnCount(name: "t.csv", line: 3, found: 3, expected: 2))
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
