import ByteIO
import Testing

@testable import Container
@testable import EntropyCoding
@testable import Records
@testable import VAECodec

@Suite("The work of decoding, and checksums of rows")
struct WorkTests {
  private func codec(_ operations: Int) throws -> Codec {
    try Codec(threads: 2, work: WorkLimit(operations: operations))
  }

  @Test("a file of few bytes may not ask for much work", arguments: [nil, 0.1])
  func limit(bound: Double?) throws {
    let (model, array) = (try Models.bumps.get(), try Models.bumpRows(200, seed: 5))
    let (generous, sink) = (try Codec(threads: 2), MemorySink())
    _ = try generous.encode(
      array.reader, name: "x", model: model,
      options: EncodeOptions(target: .quality(40), errorBound: bound.map { .maxError($0) }, chunkRows: 50),
      to: sink)
    #expect(throws: Never.self) { try generous.file(sink.bytes, model) }
    // What a byte allows is more than what any real row takes.
    #expect(throws: Never.self) { try codec(0).file(sink.bytes, model) }
    let limit = WorkLimit(operations: 1000)
    #expect(limit.admits(1000 + 10 << 24, bytes: 10))
    #expect(!limit.admits(1001 + 10 << 24, bytes: 10))
    #expect(WorkLimit.unlimited.admits(.max, bytes: 0) && limit.admits(.max, bytes: .max))
  }

  @Test("chunks that announce millions of rows in a few bytes are refused before they are decoded")
  func bomb() throws {
    // Stored rows take no work; these say that they are corrected.
    let rows = 1 << 24
    let description = try SampleDescription(
      elementType: .f4, sampleShape: [16], format: .npy(version: 1, bigEndian: false))
    let details = StreamMetadata(
      setting: .withoutModel, model: nil, errorBound: .maxError(1), chunkRows: rows, rows: nil,
      description: description)
    let sink = MemorySink()
    let writer = try StreamWriter(sink, header: StreamHeader(content: details.encode()))
    let content = CorrectedContent.prefix(rows: rows, corrections: [0], checksum: 0) + [UInt8(0)]
    for _ in 0..<3 {
      try writer.append(frame: ZstdFrame.compress(content, level: 1, checksum: true))
    }
    try writer.finish()
    #expect(sink.bytes.count < 300)
    let codec = try Codec(threads: 1, memory: .unlimited, work: WorkLimit(operations: 1 << 39))
    let error = #expect(throws: CodecError.self) { try codec.file(sink.bytes, nil) }
    guard case .work(_, let needs, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(needs >= 1 << 40)
  }

  @Test("rows that decode to others than were encoded are found out by their checksum")
  func checksum() throws {
    let (model, array, sink) = (try Models.bumps.get(), try Models.bumpRows(20, seed: 6), MemorySink())
    let codec = try Codec(threads: 1)
    _ = try codec.encode(
      array.reader, name: "x", model: model, options: EncodeOptions(errorBound: .maxError(0.01)), to: sink)
    #expect(try codec.decodes(MemorySource(sink.bytes), name: "x", model: model))
    #expect(try !codec.decodes(MemorySource(sink.bytes), name: "x", model: nil))
    #expect(try !codec.decodes(MemorySource(sink.bytes), name: "x", model: Models.otherBumps.get()))
    // The frame's own checksum is made anew.
    var content = try ZstdFrame.decompress(sink.bytes[...], limit: 1 << 20)
    let (_, chunk) = try StreamMetadata.compact(content.dropFirst(5), name: "x")
    var reader = ByteReader(chunk)
    _ = try (reader.count(), reader.count())
    content[content.count - reader.remaining] ^= 1
    let damaged = ZstdFrame.compress(content, level: 1, checksum: true)
    #expect(throws: Never.self) { try codec.verify(MemorySource(damaged), name: "x") }
    #expect(throws: CodecError.chunk(.otherRows, name: "x", chunk: 1)) {
      try codec.decodes(MemorySource(damaged), name: "x", model: model)
    }
  }
}
