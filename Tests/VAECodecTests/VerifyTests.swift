import ByteIO
import Testing

@testable import Container
@testable import VAECodec
@testable import VAEModel

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
    #expect(summary.formatVersion == 2)
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
    let fingerprints = [bumps, bytes].map(\.fingerprint)
    #expect(summaries.map(\.fingerprint) == fingerprints)
    let streamBytes = summaries.reduce(0) { $0 + $1.streamBytes }
    #expect(streamBytes == file.count)
  }

  @Test(
    "fewer or more samples than the header announces are an error, as for decode",
    arguments: [0, 9, 11, Int.max - 1])
  func announced(rows: Int) throws {
    let model = try Models.bumps.get()
    let stream = try codec.stream(try Models.bumpRows(10, seed: 63), model, chunkRows: 4)
    let bytes = try rewritten(stream) { $0.rows = rows }
    let expected = CodecError.badHeader(
      name: "x", reason: "it announces \(rows) rows where the chunks hold 10")
    #expect(throws: expected) { try codec.verify(MemorySource(bytes), name: "x") }
    #expect(throws: CodecError.self) { try codec.file(bytes, model) }
  }

  @Test("a chunk that is not full, before another, is an error, as for decode")
  func shortChunk() throws {
    let model = try Models.bumps.get()
    let stream = try codec.stream(try Models.bumpRows(10, seed: 65), model, chunkRows: 4)
    let bytes = try rewritten(stream) { $0.chunkRows = 5 }
    func expected(_ name: String) -> CodecError {
      .badHeader(name: name, reason: "chunk 1 has 4 rows; expected 5")
    }
    #expect(throws: expected("x")) { try codec.verify(MemorySource(bytes), name: "x") }
    #expect(throws: expected("data.vaec")) { try codec.file(bytes, model) }
  }

  @Test("a stream may have an operating point of its own, and then has no quality")
  func ownPoint() throws {
    let model = try Models.bumps.get()
    let stream = try codec.stream(try Models.bumpRows(10, seed: 64), model, quality: 5, chunkRows: 4)
    let bytes = try rewritten(stream) { $0.setting = .point(model.point(quality: 5)) }
    #expect(try codec.file(bytes, model) == (try codec.file(stream, model)))
    #expect(try codec.verify(MemorySource(bytes), name: "x").map(\.quality) == [nil])
    // One that the model has no parts for is refused.
    for point in [
      OperatingPoint(network: nil, steps: [0.1, 0.1, 0.1]), OperatingPoint(network: nil, steps: [.nan]),
      OperatingPoint(network: .init(quality: 2, step: 1), steps: [0]),
    ] {
      let wrong = try rewritten(stream) { $0.setting = .point(point) }
      #expect(
        throws: CodecError.badHeader(name: "data.vaec", reason: "it needs a layer that the model lacks")
      ) {
        try codec.file(wrong, model)
      }
    }
  }

  /// A stream of several chunks with another header.
  private func rewritten(_ stream: [UInt8], _ change: (inout StreamMetadata) -> Void) throws -> [UInt8] {
    let reader = StreamReader(MemorySource(stream))
    let sink = MemorySink()
    var writer: StreamWriter?
    while let part = try reader.next() {
      switch part {
      case .header(let header):
        var details = try StreamMetadata(header.content, name: "x")
        change(&details)
        writer = try StreamWriter(sink, header: StreamHeader(content: details.encode()))
      case .chunk(let chunk): try writer?.append(frame: chunk.frame)
      case .end: try writer?.finish()
      case .compact, .model: Issue.record("this stream has one chunk, or a model before it")
      }
    }
    return sink.bytes
  }
}
