import ByteIO
import Testing

@testable import Container
@testable import VAECodec

@Suite("Forms of streams")
struct FormTests {
  private func isCompact(_ stream: [UInt8]) -> Bool { stream.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) }

  @Test("rows of one chunk make a compact stream, whoever counts them, and with any number of threads")
  func choice() throws {
    let model = try Models.bumps.get()
    for rows in [0, 1, 6, 7, 13] {
      let array = try Models.bumpRows(13, seed: 31).rows(0..<rows)
      var found: Set<[UInt8]> = []
      for knowsRows in [true, false] {
        for threads in [1, 3] {
          let codec = try Codec(threads: threads)
          let sink = MemorySink()
          let report = try codec.encode(
            ArrayReader(array, most: 4, knowsRows: knowsRows), name: "data", model: model,
            options: EncodeOptions(quality: 60, chunkRows: 6), to: sink)
          #expect(report.streamBytes == sink.bytes.count)
          #expect(report.samples == rows)
          #expect(isCompact(sink.bytes) == (1...6).contains(rows))
          found.insert(sink.bytes)
        }
      }
      for stream in found {
        #expect(try SampleArray(file: try Codec(threads: 1).file(stream, model)).rows == rows)
      }
      // A stream in chunks says whether its rows were known from the start.
      #expect(found.count == (rows <= 6 ? 1 : 2))
    }
  }

  @Test("a compact stream takes 38 bytes beside its chunk for short vectors")
  func overhead() throws {
    let model = try Models.bumps.get()
    let codec = try Codec(threads: 1)
    let stream = try codec.stream(try Models.bumpRows(40, seed: 32), model, quality: 0)
    let content = try ZstdFrame.decompress(stream[...], limit: 1 << 20)
    #expect(stream.count - content.count == 13)
    let (details, chunk) = try StreamMetadata.compact(content.dropFirst(5), name: "x")
    #expect(content.count - chunk.count == 5 + 1 + 16 + 1 + 2)
    #expect(details.rows == 40 && details.chunkRows == 40 && details.description.rows == 40)
    #expect(try ChunkDecoder.rows(ofContent: chunk, limit: 40) == 40)
  }

  @Test("files are told apart by what they begin with")
  func kinds() throws {
    let model = try Models.bumps.get()
    let codec = try Codec(threads: 1)
    let rows = try Models.bumpRows(40, seed: 33)
    let repeated = try SampleArray((0..<60).flatMap { _ in rows.rows(0..<3).numbers }, shape: [12])
    for stream in [
      try codec.stream(rows, model), try codec.stream(rows, model, chunkRows: 8),
      try codec.stream(repeated, model), try codec.stream(rows.rows(0..<0), model),
    ] {
      #expect(FileKind(of: stream[...]) == .stream)
      #expect(FileKind(of: stream.prefix(FileKind.zstdPrefixSize)) == .stream)
      let zipped = ZstdFrame.compress(stream, level: 1, checksum: true)
      // A stream that zstd packed again is a zstd file.
      #expect(FileKind(of: zipped[...]) == .zstd)
    }
    #expect(FileKind(of: try codec.stream(rows, model, chunkRows: 8).prefix(12)) == .stream)
    #expect(FileKind(of: model.bytes[...]) == .model)
    #expect(FileKind(of: ZstdFrame.compress(try rows.file, level: 3, checksum: true)[...]) == .zstd)
    #expect(FileKind(of: [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]) == .zstd)
    #expect(FileKind(of: try rows.file.prefix(12)) == .npy)
    #expect(FileKind(of: []) == .empty)
    #expect(FileKind(of: [1, 2]) == .unknown)
  }

  @Test(
    "a stream of either form is refused with another model, whose first digits it names",
    arguments: [4, 100])
  func wrongModel(chunkRows: Int) throws {
    let codec = try Codec(threads: 1)
    let (model, other) = (try Models.bumps.get(), try Models.otherBumps.get())
    let stream = try codec.stream(try Models.bumpRows(10, seed: 34), model, chunkRows: chunkRows)
    let digits = model.fingerprint
    #expect(throws: CodecError.wrongModel(name: "data.vaec", needs: digits, given: other.fingerprint)) {
      try codec.file(stream, other)
    }
    #expect(throws: CodecError.needsModel(name: "data.vaec", needs: digits)) { try codec.file(stream, nil) }
  }

  @Test("streams of both forms decode from one pipe, in their order")
  func mixed() throws {
    let codec = try Codec(threads: 2)
    let model = try Models.bumps.get()
    var file: [UInt8] = []
    var alone: [UInt8] = []
    for (i, rows) in [3, 20, 1, 6, 7, 0, 2].enumerated() {
      let array = try Models.bumpRows(20, seed: UInt64(i)).rows(0..<rows)
      let stream = try codec.stream(array, model, chunkRows: 6)
      file += stream
      alone += try SampleArray(file: try codec.file(stream, model)).batch.bytes
    }
    #expect(try SampleArray(file: try codec.file(file, model)).batch.bytes == alone)
    let summaries = try codec.verify(MemorySource(file), name: "x")
    #expect(summaries.map(\.samples) == [3, 20, 1, 6, 7, 0, 2])
    #expect(summaries.map(\.chunks) == [1, 4, 1, 1, 2, 0, 1])
    #expect(summaries.map(\.streamBytes).reduce(0, +) == file.count)
    // What is not a stream, after a compact one.
    for rest: [UInt8] in [[0], ZstdFrame.compress(alone, level: 1, checksum: true)] {
      let first = try codec.stream(try Models.bumpRows(3, seed: 1), model)
      #expect(throws: CodecError.stream(.trailingBytes(offset: first.count), name: "data.vaec")) {
        try codec.file(first + rest, model)
      }
    }
  }
}
