import ByteIO
import CodeStream
import SampleIO
import Testing

@testable import VAECodec

@Suite("Verify")
struct VerifyTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  @Test(
    "a summary counts samples, chunks and bytes",
    arguments: [(0, 5), (1, 5), (5, 5), (11, 5), (300, 1), (40, 1000)])
  func counts(rows: Int, chunkRows: Int) throws {
    let model = try Models.bumps.get()
    let array = try Models.bumpRows(max(1, rows), seed: 61).reshaped([2, 6], type: .f8).rows(0..<rows)
    let stream = try codec.stream(array, model, quality: 42, chunkRows: chunkRows)
    let summaries = try codec.verify(MemorySource(stream), name: "x")
    #expect(summaries.count == 1)
    let summary = try #require(summaries.first)
    #expect(summary.samples == rows)
    #expect(summary.chunks == (rows + chunkRows - 1) / chunkRows)
    #expect(summary.chunkRows == min(chunkRows, max(1, rows)))
    #expect(summary.streamBytes == stream.count)
    #expect(summary.sampleShape == [2, 6])
    #expect(summary.elementType == .f8)
    #expect(summary.format == "npy")
    #expect(summary.quality == 42)
    #expect(summary.fingerprint == model.fingerprint)
    #expect(summary.formatVersion == 1)
  }

  @Test("each of several streams has its summary, and their bytes add up to the file")
  func several() throws {
    let (bumps, bytes) = (try Models.bumps.get(), try Models.bytes.get())
    let file =
      try codec.stream(try Models.bumpRows(20, seed: 62), bumps, chunkRows: 8)
      + (try codec.stream(try Models.byteRows(9, seed: 62), bytes))
    let summaries = try codec.verify(MemorySource(file), name: "x")
    #expect(summaries.map(\.samples) == [20, 9])
    #expect(summaries.map(\.chunks) == [3, 1])
    #expect(summaries.map(\.fingerprint) == [bumps.fingerprint, bytes.fingerprint])
    #expect(summaries.map(\.streamBytes).reduce(0, +) == file.count)
  }

  @Test("fewer or more samples than the header announces are an error, as for decode", arguments: [3, 5])
  func announced(rows: Int) throws {
    let model = try Models.bumps.get()
    let array = try Models.bumpRows(rows, seed: 63)
    let sink = MemorySink()
    _ = try codec.encode(MisleadingReader(array, announced: 4), name: "x", model: model, to: sink)
    let expected = CodecError.badHeader(
      name: "x", reason: "it announces 4 rows where the chunks hold \(rows)")
    #expect(throws: expected) { try codec.verify(MemorySource(sink.bytes), name: "x") }
    #expect(throws: CodecError.self) { try codec.file(sink.bytes, model) }
  }

  /// A reader that says another number of rows than it has.
  private final class MisleadingReader: SampleReader {
    let description: SampleDescription
    private let reader: ArrayReader

    init(_ array: SampleArray, announced: Int) {
      var description = array.description
      description.rows = announced
      self.description = description
      reader = ArrayReader(array)
    }

    func read(maxRows: Int) -> SampleBatch? { reader.read(maxRows: maxRows) }
  }
}
