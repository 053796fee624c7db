import ByteIO
import Records
import Testing

@Suite("the same numbers in every format")
struct FixtureTests {
  static let names =
    ElementType.allCases.map { "\($0.name).npy" } + [
      "v2.npy", "v3.npy", "fortran.npy", "fortran3.npy", "big-endian.npy", "numbers-idx2-ubyte",
      "numbers.idx",
      "header.csv", "plain.csv", "windows.csv", "tabs.tsv", "blanks.txt", "numbers.fvecs", "numbers.bvecs",
      "numbers.ivecs", "u1.npy.gz", "header.csv.gz", "f4.npy.zst", "numbers.fvecs.zst", "numbers.raw",
    ]
  static let numbers = (0..<6).flatMap { row in (0..<4).map { Double(10 * row + $0) } }

  private func open(_ name: String) throws -> any SampleReader {
    let options = name == "numbers.raw" ? ReadOptions(elementType: .f4, shape: [4]) : ReadOptions()
    return try SampleInput.open(FileSource(path: fixturePath(name)), name: name, options: options)
  }

  @Test("every file gives them, in batches of any size", arguments: names)
  func read(name: String) throws {
    for batch in [1, 4, 6, 1000] {
      let reader = try open(name)
      #expect(try readAll(reader, batch: batch).doubles() == Self.numbers)
      #expect(try reader.read(maxRows: 1) == nil)
      #expect(reader.description.rows == 6)
      #expect(reader.description.sampleShape == (name == "fortran3.npy" ? [2, 2] : [4]))
    }
  }

  @Test("every file is written back byte for byte", arguments: names)
  func writeBack(name: String) throws {
    let reader = try open(name)
    let batch = try readAll(reader)
    let bytes = try written(reader.description, [batch])
    // What is written is always in C order.
    let same = ["fortran.npy": "f4.npy"][name] ?? name
    if name == "fortran3.npy" { return }
    // Exponents are not kept, nor quotes that are not needed.
    if name == "tabs.tsv" {
      #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("a\tb\tc\td\n0.0\t1.0\t2.0\t3.0\n10.0\t"))
      return
    }
    if name == "windows.csv" {
      #expect(
        String(decoding: bytes, as: UTF8.self).hasPrefix("\"a \"\"1\"\"\";\"b;c\";d;e\r\n0.00;1.00;2.00;3"))
      return
    }
    let original = try decompressing(FileSource(path: fixturePath(same))).read(upTo: 10_000)
    #expect(bytes == original)
  }

  @Test("descriptions come through their bytes", arguments: names)
  func description(name: String) throws {
    let reader = try open(name)
    var writer = ByteWriter()
    reader.description.encode(into: &writer)
    #expect(writer.bytes.count < 40)
    if name.hasSuffix(".npy") { #expect(writer.bytes.count < 12) }
    var bytes = ByteReader(writer.bytes)
    var expected = reader.description
    expected.rows = nil
    #expect(try SampleDescription(from: &bytes) == expected)
    #expect(bytes.remaining == 0)
    for length in 0..<writer.bytes.count {
      var cut = ByteReader(writer.bytes[..<length])
      #expect(throws: SampleIOError.self) { try SampleDescription(from: &cut) }
    }
  }

  @Test("a file cut at any place gives an error or whole rows", arguments: names)
  func truncation(name: String) throws {
    let options = name == "numbers.raw" ? ReadOptions(elementType: .f4, shape: [4]) : ReadOptions()
    let bytes = try FileSource(path: fixturePath(name)).read(upTo: 10_000)
    for length in 0..<bytes.count {
      do throws(SampleIOError) {
        let reader = try RecordsTests.open(Array(bytes[..<length]), name: name, options: options)
        let got = try readAll(reader, batch: 4)
        // Only formats without a count of rows can be cut without harm.
        switch reader.description.format {
        case .npy, .idx: Issue.record("\(name) cut at \(length) was taken for whole")
        case .delimited, .vecs, .raw, .records: #expect(got.rows <= 6)
        }
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  @Test("any byte may be damaged without a crash", arguments: names)
  func damage(name: String) throws {
    let options = name == "numbers.raw" ? ReadOptions(elementType: .f4, shape: [4]) : ReadOptions()
    let bytes = try FileSource(path: fixturePath(name)).read(upTo: 10_000)
    var errors = 0
    for position in bytes.indices {
      for change in [0x01, 0x80, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[position] ^= change
        do throws(SampleIOError) {
          _ = try readAll(try RecordsTests.open(damaged, name: name, options: options))
        } catch {
          errors += 1
        }
      }
    }
    #expect(errors > 0 || name == "numbers.raw")
  }

  @Test("gzip members behind each other are one file")
  func members() throws {
    let bytes = try FileSource(path: fixturePath("header.csv.gz")).read(upTo: 10_000)
    let sink = MemorySink()
    let more = try SampleOutput.sink(wrapping: sink, forName: "more.csv.gz")
    try more.write(Array("60,61,62,63\n".utf8))
    try more.finish()
    #expect(try values(bytes + sink.bytes, name: "all.csv.gz") == Self.numbers + [60, 61, 62, 63])
  }

  @Test("the suffix of the name chooses the compressor")
  func suffixes() throws {
    for (name, magic) in [("a.npy.gz", [0x1F, 0x8B]), ("A.ZST", [0x28, 0xB5]), ("a.npy", [1, 2])]
      as [(String, [UInt8])]
    {
      let sink = MemorySink()
      let wrapped = try SampleOutput.sink(wrapping: sink, forName: name)
      try wrapped.write([1, 2])
      try wrapped.finish()
      #expect(Array(sink.bytes.prefix(2)) == magic)
      #expect(try decompressing(MemorySource(sink.bytes)).read(upTo: 3) == [1, 2])
    }
  }
}
