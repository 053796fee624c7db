import ByteIO
import Testing

@testable import Container
@testable import Records
@testable import Tensor
@testable import VAECodec
@testable import VAEModel

@Suite("Damaged files")
struct DamageTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 1) }

  /// Ways to damage a byte.
  private static let changes: [@Sendable (UInt8) -> UInt8] = [
    { $0 ^ 1 }, { $0 ^ 0x80 }, { $0 ^ 0xFF }, { $0 &+ 1 }, { _ in 0 }, { _ in 0xFF },
  ]

  /// Calls `body` with `bytes`, one byte of which is another.
  private func withEachDamage(
    _ bytes: [UInt8], changes: ArraySlice<@Sendable (UInt8) -> UInt8> = Self.changes[...],
    _ body: ([UInt8], Int) throws -> Void
  ) rethrows {
    for place in bytes.indices {
      for change in changes where change(bytes[place]) != bytes[place] {
        var damaged = bytes
        damaged[place] = change(bytes[place])
        try body(damaged, place)
      }
    }
  }

  @Test("a model with any byte changed is refused, or is the same model")
  func models() throws {
    let model = try Models.otherBumps.get()
    var accepted: Set<Int> = []
    withEachDamage(model.bytes) { damaged, place in
      guard let read = try? FittedModel(bytes: damaged, name: "m.vae") else { return }
      #expect(read.fingerprint == model.fingerprint)
      accepted.insert(place)
    }
    // A few bits of a zstd frame mean nothing, as those that fill up a bitstream: all else is refused.
    #expect(accepted.count <= model.bytes.count / 50)
    #expect(accepted.allSatisfy { $0 >= 16 })
  }

  @Test("a model that is cut anywhere, or longer, is refused")
  func cutModels() throws {
    let bytes = try Models.otherBumps.get().bytes
    for end in 0..<bytes.count {
      #expect(throws: CodecError.self) { try FittedModel(bytes: Array(bytes[..<end]), name: "m.vae") }
    }
    #expect(throws: CodecError.self) { try FittedModel(bytes: bytes + [0], name: "m.vae") }
    #expect(throws: CodecError.self) { try FittedModel(bytes: bytes + bytes, name: "m.vae") }
  }

  @Test("notes that no fit writes are refused")
  func notes() throws {
    let model = try Models.otherBumps.get()
    func isRefused(_ change: (inout ModelMetadata) -> Void) -> Bool {
      var notes = model.notes
      change(&notes)
      let bytes = FittedModel(model.model, written: notes).bytes
      return (try? FittedModel(bytes: bytes, name: "m.vae")) == nil
    }
    #expect(!isRefused { _ in })
    #expect(isRefused { $0.sampleShape = [11] })
    #expect(isRefused { $0.sampleShape = [12, 0] })
    #expect(isRefused { $0.sampleShape = [Int.max, 2] })
    #expect(isRefused { $0.peak = .infinity })
    #expect(isRefused { $0.peak = -1 })
    #expect(isRefused { $0.fittedRows = .max })
    #expect(isRefused { $0.heldOutRows = .max })
    #expect(isRefused { $0.pca[0].components = .max })
    #expect(isRefused { $0.pca[0].components = 13 })
    #expect(isRefused { $0.pca[0].psnr = .nan })
    #expect(isRefused { $0.points[0].bitsPerSample = .infinity })
  }

  /// A stream of several chunks, and the file it decodes to.
  private func sample(
    _ quality: Double, chunkRows: Int = 4
  ) throws -> (model: FittedModel, stream: [UInt8], file: [UInt8]) {
    let model = try Models.bumps.get()
    let stream = try codec.stream(
      try Models.bumpRows(10, seed: 71), model, quality: quality, chunkRows: chunkRows)
    return (model, stream, try codec.file(stream, model))
  }

  @Test(
    "a stream with any byte changed is refused, or decodes to the same",
    arguments: [(20.0, 4), (90, 4), (20, 10)])
  func streams(quality: Double, chunkRows: Int) throws {
    let (model, stream, file) = try sample(quality, chunkRows: chunkRows)
    withEachDamage(stream) { damaged, place in
      let summaries = try? codec.verify(MemorySource(damaged), name: "x")
      if let summaries { #expect(summaries.map(\.samples) == [10]) }
      // Decoding makes tables first, which takes its time: all that verifying lets pass, and a part of the rest.
      guard summaries != nil || place % 16 == 0 else { return }
      if let decoded = try? codec.file(damaged, model) {
        #expect(summaries != nil)
        #expect(decoded == file)
      }
    }
  }

  @Test("a stream that is cut anywhere is refused", arguments: [(20.0, 4), (90, 4), (20, 10)])
  func cutStreams(quality: Double, chunkRows: Int) throws {
    let (model, stream, _) = try sample(quality, chunkRows: chunkRows)
    for end in 0..<stream.count {
      let part = Array(stream[..<end])
      let error = #expect(throws: CodecError.self) { try codec.verify(MemorySource(part), name: "new.vaec") }
      #expect(error?.description.contains("new.vaec") == true)
      if end % 8 == 0 { #expect(throws: CodecError.self) { try codec.file(part, model) } }
    }
    #expect(throws: CodecError.self) { try codec.file(stream + [0], model) }
  }

  /// A stream with this header and these chunks, all checksums right.
  private func stream(_ details: [UInt8], _ frames: [[UInt8]]) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = try StreamWriter(sink, header: StreamHeader(content: details))
    for frame in frames { try writer.append(frame: frame) }
    try writer.finish()
    return sink.bytes
  }

  private func parts(_ bytes: [UInt8]) throws -> (details: [UInt8], frames: [[UInt8]]) {
    let reader = StreamReader(MemorySource(bytes))
    var details: [UInt8] = []
    var frames: [[UInt8]] = []
    while let part = try reader.next() {
      switch part {
      case .header(let header): details = header.content
      case .chunk(let chunk): frames.append(chunk.frame)
      case .end, .compact, .model: break
      }
    }
    return (details, frames)
  }

  @Test("a header that lies, with its checksum right, never crashes a decoder", arguments: [20.0, 90])
  func lyingHeaders(quality: Double) throws {
    let (model, good, _) = try sample(quality)
    let (details, frames) = try parts(good)
    try withEachDamage(details, changes: Self.changes[1...3]) { damaged, _ in
      let bytes = try stream(damaged, frames)
      _ = try? codec.file(bytes, model)
      _ = try? codec.verify(MemorySource(bytes), name: "x")
    }
    for end in 0..<details.count {
      let bytes = try stream(Array(details[..<end]), frames)
      if end % 4 == 0 { #expect(throws: CodecError.self) { try codec.file(bytes, model) } }
      #expect(throws: CodecError.self) { try codec.verify(MemorySource(bytes), name: "x") }
    }
    #expect(throws: CodecError.self) { try codec.file(try stream(details + [0], frames), model) }
  }

  @Test(
    "chunks of content that no encoder writes, with their checksums right, never crash a decoder",
    arguments: [20.0, 90])
  func lyingChunks(quality: Double) throws {
    let (model, good, _) = try sample(quality)
    let (details, frames) = try parts(good)
    let content = try ZstdFrame.decompress(frames[0][...], limit: 1 << 20)
    let plan = ChunkCodingContext(
      model.model, at: try #require(StreamMetadata(details, name: "x").coding(in: model.model)).point,
      chunkRows: 4,
      kernels: codec.kernels)
    let codecs = ChunkCodecs(plan, try StreamMetadata(details, name: "x").description, workers: 1)
    func decode(_ content: [UInt8]) throws {
      let frame = ZstdFrame.compress(content, level: 1, checksum: true)
      if let batch = try? codecs.decode(frame, worker: 0) {
        // What is corrected or stored may be any number.
        let isCorrected = content[0] & 3 == 3
        #expect(batch.rows <= 4 && (isCorrected || batch.floats().allSatisfy(\.isFinite)))
      }
    }
    try decode(content)
    try withEachDamage(content) { damaged, _ in try decode(damaged) }
    for end in 0..<content.count { try decode(Array(content[..<end])) }
    var random = RandomSource(seed: 9)
    for kind in UInt8(0)...3 {
      for _ in 0..<100 {
        let count = Int(random.next() % 200)
        try decode([4 << 2 | kind] + (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
      }
    }
  }

  @Test("a compact stream that lies, with its checksum right, never crashes a decoder")
  func lyingContent() throws {
    let (model, good, file) = try sample(20, chunkRows: 10)
    let content = try ZstdFrame.decompress(good[...], limit: 1 << 20)
    func stream(_ content: [UInt8]) -> [UInt8] { ZstdFrame.compress(content, level: 1, checksum: true) }
    #expect(try codec.file(stream(content), model) == file)
    withEachDamage(content, changes: Self.changes[1...2]) { damaged, place in
      let bytes = stream(damaged)
      let summaries = try? codec.verify(MemorySource(bytes), name: "x")
      // The mark and the name of the model, whose error needs no model or no tables.
      if place < 5 || (6..<22).contains(place) {
        #expect(throws: CodecError.self) { try codec.file(bytes, model) }
      }
      if place < 5 { #expect(summaries == nil) }
      if place < 36 { _ = try? codec.file(bytes, model) }
    }
    // The mark, the details, and not even the rows of the chunk: what is after them, the checksum alone protects.
    for end in 0...24 {
      #expect(throws: CodecError.self) { try codec.file(stream(Array(content[..<end])), model) }
    }
    #expect(throws: CodecError.self) { try codec.file(stream(content + [1]), model) }
    // Rows of a chunk that no memory holds.
    let details = try StreamMetadata.compact(content.dropFirst(5), name: "x").details
    for rows in [1 << 24, 1 << 25, 1 << 28, 1 << 60] {
      var writer = ByteWriter()
      writer.append(CompactStream.prefix(details.encodeCompact()))
      writer.append(count: rows << 2)
      let bytes = stream(writer.bytes)
      if rows > 1 << 24 {
        #expect(throws: CodecError.self) { try codec.verify(MemorySource(bytes), name: "x") }
      }
      #expect(throws: CodecError.self) { try codec.file(bytes, model) }
    }
  }

  @Test("settings that are kept for later are refused, in both forms of streams", arguments: [4, 10])
  func settings(chunkRows: Int) throws {
    let (model, good, file) = try sample(60, chunkRows: chunkRows)
    // Two flags are for later; without a model, there is a promise; qualities end at 100.
    let flags: [UInt8] = [0x40, 0x44, 0x84, 0xFF, 0x00, 0x10, 0x20]
    let settings = flags.map { (place: 0, byte: $0) } + [101, 128, 255].map { (place: 17, byte: $0) }
    for (place, byte) in settings {
      let bytes: [UInt8]
      if chunkRows == 10 {
        var content = try ZstdFrame.decompress(good[...], limit: 1 << 20)
        #expect(content[5] == 4 && content[22] == 60)
        content[5 + place] = byte
        bytes = ZstdFrame.compress(content, level: 1, checksum: true)
      } else {
        var (details, frames) = try parts(good)
        #expect(details[0] == 4 && details[17] == 60)
        details[place] = byte
        bytes = try stream(details, frames)
      }
      let reason =
        place > 0
        ? "its quality is \(byte)"
        : byte < 0x40 ? "it has neither a model nor a promise" : "its flags are \(byte)"
      let expected = CodecError.badHeader(name: "x", reason: reason)
      #expect(throws: expected) { try codec.verify(MemorySource(bytes), name: "x") }
    }
    #expect(try codec.file(good, model) == file)
  }

  @Test("a header that announces chunks of very many rows takes no memory for them")
  func manyRows() throws {
    let (model, good, _) = try sample(60)
    let (details, frames) = try parts(good)
    var large = try StreamMetadata(details, name: "x")
    (large.rows, large.chunkRows) = (4, StreamMetadata.maximumChunkRows)
    let bytes = try stream(large.encode(), [frames[0]])
    // 12 values in 2^24 rows are 800 MB.
    let small = try Codec(threads: 1, memory: MemoryLimit(bytes: 1 << 24))
    #expect(try SampleArray(file: try small.file(bytes, model)).rows == 4)
  }

  @Test("values that a model's reconstruction helps to code take no more memory than the limit")
  func memoryOfValues() throws {
    let (model, bytes) = (try Golden.model("bumps"), try Golden.read("bumps-bounded.vaec"))
    func file(limit: Int) throws -> [UInt8] {
      try Codec(threads: 1, memory: MemoryLimit(bytes: limit)).file(bytes, model)
    }
    // The coder of values has tables of 80 MB.
    #expect(throws: CodecError.self) { try file(limit: 1 << 24) }
    #expect(try file(limit: 1 << 27) == Golden.read("bumps-bounded.npy"))
  }

  @Test("an encoder writes no chunks that a decoder refuses")
  func chunkRows() throws {
    for values in [1, 3, 12, 784, 65_536] {
      let rows = ChunkCodingContext.chunkRows(.max, values: values)
      let details = StreamMetadata(
        setting: .point(OperatingPoint(network: nil, steps: [])), model: Digest(of: []), chunkRows: rows,
        rows: nil,
        description: try SampleDescription(elementType: .f4, sampleShape: [values], format: .raw))
      #expect(throws: Never.self) { try StreamMetadata(details.encode(), name: "x") }
      #expect(rows >= 4096)
    }
    #expect(ChunkCodingContext.chunkRows(7, values: 12) == 7)
    #expect(ChunkCodingContext.chunkRows(0, values: 12) == 1)
  }
}
