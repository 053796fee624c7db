import ByteIO
import Testing

@testable import Records
@testable import VAECodec

@Suite("Rows")
struct RowsTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  @Test(
    "slices are Python's",
    arguments: [
      (":", 0..<10), ("2:5", 2..<5), (":3", 0..<3), ("7:", 7..<10), ("-3:", 7..<10), (":-8", 0..<2),
      ("-4:-2", 6..<8), ("4", 4..<5), ("-1", 9..<10), ("-10", 0..<1), ("-11", 0..<0), ("8:99", 8..<10),
      ("99", 10..<10), ("5:2", 5..<5), ("-99:2", 0..<2), ("-99:-50", 0..<0), ("12:20", 10..<10),
    ] as [(String, Range<Int>)])
  func slices(text: String, rows: Range<Int>) {
    #expect(RowSlice(text)?.rows(of: 10) == rows)
    #expect(RowSlice(text)?.rows(of: 0).isEmpty == true)
  }

  @Test(
    "one row has to be there, as an index in Python",
    arguments: [("0", 0..<1), ("9", 9..<10), ("-10", 0..<1), ("10", nil), ("-11", nil), ("1000", nil)]
      as [(String, Range<Int>?)])
  func single(text: String, rows: Range<Int>?) throws {
    let slice = try #require(RowSlice(text))
    if let rows { return #expect(try slice.rows(of: 10, name: "x") == rows) }
    #expect(throws: CodecError.noSuchRow(name: "x", row: try #require(Int(text)), rows: 10)) {
      try slice.rows(of: 10, name: "x")
    }
  }

  @Test(
    "what is no slice is refused",
    arguments: ["", "a", "1:b", "1:2:3", "::", "1-2", "1.5", "99999999999999999999", "\(Int.max)"])
  func noSlices(text: String) { #expect(RowSlice(text) == nil) }

  /// A file of streams of each form, with 29 rows in all, and what it decodes to.
  private func file() throws -> (model: FittedModel, bytes: [UInt8], whole: SampleArray) {
    let model = try Models.bumps.get()
    var bytes: [UInt8] = []
    for (rows, chunkRows) in [(10, 4), (3, 8), (0, 4), (9, 4), (2, 4), (5, 2)] {
      let array = try Models.bumpRows(max(1, rows), seed: UInt64(rows)).rows(0..<rows)
      // Half of the headers do not tell the rows.
      let sink = MemorySink()
      _ = try codec.encode(
        ArrayReader(array, knowsRows: rows % 2 == 0), name: "x", model: model,
        options: EncodeOptions(quality: 60, chunkRows: chunkRows), to: sink)
      bytes += sink.bytes
    }
    return (model, bytes, try SampleArray(file: try codec.file(bytes, model)))
  }

  @Test("any rows of a file of several streams are those of the whole file")
  func anyRows() throws {
    let (model, bytes, whole) = try file()
    #expect(whole.rows == 29)
    for lower in stride(from: 0, through: 30, by: 4) {
      for count in [0, 1, 6, 40] {
        let slice = RowSlice(lower: lower, upper: lower + count)
        let part = try codec.salvage(bytes, model, rows: slice, keepsGoing: false)
        #expect(part.array == whole.rows(slice.rows(of: 29)), "\(slice)")
        guard count == 6 else { continue }
        #expect(try codec.salvage(bytes, model, rows: slice).array == part.array)
      }
    }
  }

  @Test("a slice of a stream in chunks reads little of the file")
  func fewBytes() throws {
    let model = try Models.bumps.get()
    let stream = try codec.stream(try Models.bumpRows(1200, seed: 5), model, quality: 90, chunkRows: 40)
    let whole = try SampleArray(file: try codec.file(stream, model))
    for slice in [RowSlice(lower: -3, upper: nil), RowSlice(lower: 610, upper: 635)] {
      let part = try codec.salvage(stream, model, rows: slice, keepsGoing: false)
      #expect(part.array == whole.rows(slice.rows(of: 1200)))
      #expect(part.report.streamBytes < stream.count / 10, "\(part.report.streamBytes) of \(stream.count)")
    }
    let none = try codec.salvage(stream, model, rows: RowSlice(lower: 1300, upper: nil), keepsGoing: false)
    #expect(none.array.rows == 0 && none.report.streamBytes < stream.count / 20)
    // Streams at the end are read in full where they are compact, and not those before them.
    let tail = try codec.stream(try Models.bumpRows(3, seed: 6), model)
    let more = try codec.salvage(
      stream + tail, model, rows: RowSlice(lower: -3, upper: nil), keepsGoing: false)
    #expect(more.array.rows == 3)
    #expect(more.report.streamBytes < stream.count / 10 + 3 * tail.count)
  }

  @Test("damage in a chunk that is asked for is an error, and elsewhere does not show")
  func damage() throws {
    let model = try Models.bumps.get()
    var stream = try codec.stream(try Models.bumpRows(20, seed: 5), model, chunkRows: 5)
    let whole = try SampleArray(file: try codec.file(stream, model))
    stream[stream.count / 2] ^= 0x10
    let first = try codec.salvage(stream, model, rows: RowSlice(lower: 0, upper: 5), keepsGoing: false)
    #expect(first.array == whole.prefix(5))
    #expect(throws: CodecError.self) { try codec.salvage(stream, model, keepsGoing: false) }
  }
}

extension Codec {
  /// What is left of a file.
  func salvage(
    _ bytes: [UInt8], _ model: FittedModel?, rows: RowSlice = .all, keepsGoing: Bool = true
  ) throws -> (array: SampleArray, report: DecodeReport) {
    let sink = MemorySink()
    let report = try decode(
      MemoryStore(bytes), name: "data.vaec", model: model, rows: rows, keepsGoing: keepsGoing
    ) { description throws(CodecError) in
      do throws(SampleIOError) {
        return try SampleOutput.make(description, to: sink)
      } catch {
        throw .samples(error)
      }
    }
    return (try SampleArray(file: sink.bytes), report)
  }
}
