import ByteIO
import Testing

@testable import Records
@testable import Tensor
@testable import VAECodec

@Suite("Targets")
struct TargetTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  /// Bumps at first, and then what no model has seen.
  private func changing(_ rows: Int) throws -> SampleArray {
    let first = TestData.bumps(rows, width: 12, seed: 51)
    var random = RandomSource(seed: 52)
    let rest = (0..<rows * 12).map { _ in 100 * Double(random.uniform()) }
    return try SampleArray(first + rest, shape: [12])
  }

  /// How an input can be read.
  enum Input: CaseIterable {
    /// Several chunks, which can be read again; the number of rows is known or not.
    case file, fileOfUnknownRows
    /// One chunk, read once; so again.
    case chunk, chunkOfUnknownRows
  }

  private func encode(
    _ array: SampleArray, _ target: EncodeTarget, as input: Input, _ model: FittedModel,
    to sink: MemorySink = MemorySink(), with codec: Codec? = nil
  ) throws(CodecError) -> EncodeReport {
    let knowsRows = input == .file || input == .chunk
    let isFile = input == .file || input == .fileOfUnknownRows
    let open = { () throws(CodecError) -> any SampleReader in ArrayReader(array, knowsRows: knowsRows) }
    return try (codec ?? self.codec).encode(
      try open(), name: "data", model: model,
      options: EncodeOptions(target: target, chunkRows: isFile ? 40 : 100_000), to: sink,
      reopen: isFile ? open : nil)
  }

  /// The PSNR of a stream.
  private func psnr(_ stream: [UInt8], _ array: SampleArray, _ model: FittedModel) throws -> Double {
    let decoded = try SampleArray(file: try codec.file(stream, model))
    var distortion = Distortion()
    distortion.add(array.numbers, decoded.numbers)
    #expect(distortion.count == array.numbers.count)
    return Distortion.psnr(mse: distortion.mse, peak: model.summary.peak)
  }

  @Test(
    "the PSNR is reached over all rows, by the lowest quality that reaches it", arguments: Input.allCases,
    [31.4] as [Double])
  func psnr(input: Input, asked: Double) throws {
    let (model, array, sink) = (try Models.bumps.get(), try Models.bumpRows(120, seed: 53), MemorySink())
    let report = try encode(array, .psnr(asked), as: input, model, to: sink)
    let reached = try psnr(sink.bytes, array, model)
    #expect(reached >= asked)
    let outcome = try #require(report.target)
    #expect(outcome == TargetOutcome(asked: .psnr(asked), reached: reached, decidedOnRows: 120))
    #expect(outcome.isKept && report.streamBytes == sink.bytes.count)
    let below = try codec.stream(array, model, quality: (report.quality ?? 0) - 1)
    #expect(try psnr(below, array, model) < asked)
  }

  @Test(
    "a rate and a size are kept to, by the highest quality that does", arguments: Input.allCases,
    [61.7] as [Double])
  func rates(input: Input, bits: Double) throws {
    let (model, array) = (try Models.bumps.get(), try Models.bumpRows(120, seed: 54))
    let most = Int(bits * 120 / 8)
    let isFile = input == .file || input == .fileOfUnknownRows
    for target in [EncodeTarget.bitsPerSample(bits), .bytes(most)] {
      let sink = MemorySink()
      let report = try encode(array, target, as: input, model, to: sink)
      #expect(8 * Double(sink.bytes.count) / 120 <= bits && sink.bytes.count <= most)
      let outcome = try #require(report.target)
      #expect(outcome.asked == target && outcome.isKept && outcome.decidedOnRows == 120)
      if case .bytes = target {
        #expect(outcome.reached == Double(sink.bytes.count))
      } else {
        #expect(outcome.reached == 8 * Double(sink.bytes.count) / 120)
      }
      // The next quality takes more, even without the bytes that tell of a target.
      let above = try codec.stream(
        array, model, quality: (report.quality ?? 0) + 1, chunkRows: isFile ? 40 : nil)
      #expect(above.count + 12 > most)
      #expect(try SampleArray(file: try codec.file(sink.bytes, model)).rows == 120)
    }
  }

  @Test(
    "the header tells what was asked for and what was reached", arguments: [Input.fileOfUnknownRows, .chunk])
  func header(input: Input) throws {
    let (model, array) = (try Models.bumps.get(), try Models.bumpRows(90, seed: 55))
    for target in [EncodeTarget.psnr(30.1), .bitsPerSample(70.3), .bytes(1200)] {
      let sink = MemorySink()
      let report = try encode(array, target, as: input, model, to: sink)
      let summary = try #require(try codec.verify(MemorySource(sink.bytes), name: "data").first)
      let (told, found) = (try #require(report.target), try #require(summary.target))
      #expect(found.asked == target && found.decidedOnRows == 90)
      #expect((found.reached - told.reached).magnitude < 1e-4)
      #expect(summary.quality == report.quality && summary.streamBytes == report.streamBytes)
    }
    let plain = try codec.verify(MemorySource(try codec.stream(array, model)), name: "data")
    #expect(plain.first?.target == nil)
  }

  @Test(
    "what no quality reaches is an error that says what can be had, and writes nothing",
    arguments: [Input.file, .chunkOfUnknownRows])
  func outOfReach(input: Input) throws {
    let (model, array) = (try Models.bumps.get(), try Models.bumpRows(100, seed: 56))
    for target in [EncodeTarget.bitsPerSample(0.5), .bytes(9)] {
      let sink = MemorySink()
      let error = #expect(throws: CodecError.self) {
        try encode(array, target, as: input, model, to: sink)
      }
      #expect(sink.bytes.isEmpty)
      guard case .targetOutOfReach(let name, _, let nearest) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(name == "data")
      // What it says can be had.
      let other: EncodeTarget =
        switch target {
        case .quality, .psnr: .psnr(nearest)
        case .bitsPerSample: .bitsPerSample(nearest)
        case .bytes: .bytes(Int(nearest))
        }
      #expect(try encode(array, other, as: input, model).target?.isKept == true)
    }
  }

  @Test(
    "a PSNR that no point of the model reaches, a bound on errors does, and none is as good as lossless",
    arguments: Input.allCases)
  func beyondPoints(input: Input) throws {
    let (model, array) = (try Models.bumps.get(), try Models.bumpRows(120, seed: 63))
    var last = 0
    for asked in [75.0, 100, 115, 130] {
      let sink = MemorySink()
      let report = try encode(array, .psnr(asked), as: input, model, to: sink)
      let reached = try psnr(sink.bytes, array, model)
      #expect(reached >= asked && reached < asked + 0.5)
      #expect((try #require(report.target?.reached) - reached).magnitude < 1e-9)
      guard case .maxError = report.errorBound else {
        Issue.record("\(String(describing: report.errorBound))")
        continue
      }
      #expect(sink.bytes.count > last)
      last = sink.bytes.count
    }
    let sink = MemorySink()
    let report = try encode(array, .psnr(300), as: input, model, to: sink)
    #expect(report.errorBound == .lossless && report.target?.isKept == true)
    #expect(try SampleArray(file: codec.file(sink.bytes, model)).batch == array.batch)
  }

  @Test("integers come back exactly where a PSNR asks for less than a unit of error, or a size allows it")
  func exactIntegers() throws {
    let (model, array) = (try Models.bytes.get(), try Models.byteRows(200, seed: 64))
    for target in [EncodeTarget.psnr(90), .bytes(100_000), .bitsPerSample(4000)] {
      let sink = MemorySink()
      let report = try encode(array, target, as: .chunk, model, to: sink)
      #expect(report.target?.isKept == true)
      #expect(try SampleArray(file: codec.file(sink.bytes, model)).batch == array.batch)
    }
  }

  @Test("a rate beyond the model's last point is used up")
  func ratesBeyondPoints() throws {
    let (model, array) = (try Models.bumps.get(), try Models.bumpRows(120, seed: 65))
    let last = try codec.stream(array, model, quality: 90)
    var best = try psnr(last, array, model)
    for more in [1.3, 1.7] {
      let sink = MemorySink()
      let most = Int(more * Double(last.count))
      let report = try encode(array, .bytes(most), as: .chunk, model, to: sink)
      #expect(report.target?.isKept == true && sink.bytes.count > most * 95 / 100)
      let reached = try psnr(sink.bytes, array, model)
      #expect(reached > best + 6)
      best = reached
    }
  }

  @Test(
    "targets that mean nothing are out of reach",
    arguments: [.bytes(-4), .psnr(.nan), .bitsPerSample(-1)] as [EncodeTarget])
  func nonsense(target: EncodeTarget) throws {
    let error = #expect(throws: CodecError.self) {
      try encode(try Models.bumpRows(3, seed: 56), target, as: .chunk, try Models.bumps.get())
    }
    guard case .targetOutOfReach = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a single row, and none, can have targets", arguments: [0, 1])
  func fewRows(rows: Int) throws {
    let model = try Models.bumps.get()
    for input in [Input.file, .chunkOfUnknownRows] {
      let array = try Models.bumpRows(1, seed: 57).rows(0..<rows)
      for target in [EncodeTarget.psnr(25), .bitsPerSample(600), .bytes(75)] {
        let sink = MemorySink()
        let report = try encode(array, target, as: input, model, to: sink)
        #expect(report.samples == rows && report.target?.isKept == true)
        #expect(try SampleArray(file: try codec.file(sink.bytes, model)).rows == rows)
      }
    }
  }

  @Test("the stream is the same for any number of threads", arguments: [Input.file, .chunk])
  func threads(input: Input) throws {
    let (model, array) = (try Models.bumps.get(), try Models.bumpRows(120, seed: 58))
    for target in [EncodeTarget.psnr(33), .bytes(800)] {
      let streams = try [1, 3].map {
        let sink = MemorySink()
        _ = try encode(array, target, as: input, model, to: sink, with: try Codec(threads: $0))
        return sink.bytes
      }
      for stream in streams { #expect(stream == streams[0]) }
    }
  }

  // MARK: what can be read once only

  /// Encodes as from a pipe, in chunks of 100 rows.
  private func pipe(
    _ array: SampleArray, _ target: EncodeTarget, knowsRows: Bool, _ model: FittedModel, to sink: MemorySink
  ) throws(CodecError) -> EncodeReport {
    try codec.encode(
      ArrayReader(array, knowsRows: knowsRows), name: "data", model: model,
      options: EncodeOptions(target: target, chunkRows: 100), to: sink)
  }

  @Test("in a pipe the first chunk decides, and the report tells what came of it", arguments: [true, false])
  func firstChunk(knowsRows: Bool) throws {
    let (model, array) = (try Models.bumps.get(), try changing(250))
    for target in [EncodeTarget.psnr(30), .bitsPerSample(70)] {
      let sink = MemorySink()
      let report = try pipe(array, target, knowsRows: knowsRows, model, to: sink)
      let outcome = try #require(report.target)
      #expect(outcome.decidedOnRows == 100 && !outcome.isKept)
      let summary = try #require(try codec.verify(MemorySource(sink.bytes), name: "data").first?.target)
      #expect(summary.decidedOnRows == 100)
      if case .psnr = target {
        #expect(outcome.reached == (try psnr(sink.bytes, array, model)))
        // The header was written before the rest was known: it tells of the first chunk.
        let first = try codec.stream(array.prefix(100), model, quality: report.quality ?? 0)
        let reached = try psnr(first, array.prefix(100), model)
        #expect(reached >= 30 && (summary.reached - reached).magnitude < 1e-4)
      } else {
        #expect(outcome.reached == 8 * Double(sink.bytes.count) / 500 && summary.reached == outcome.reached)
      }
    }
  }

  @Test("in a pipe of samples of one kind, what was asked for about holds")
  func steadyPipe() throws {
    let (model, array) = (try Models.bumps.get(), try Models.bumpRows(700, seed: 59))
    for target in [EncodeTarget.psnr(40), .bitsPerSample(50), .bytes(4500)] {
      let report = try pipe(array, target, knowsRows: true, model, to: MemorySink())
      let outcome = try #require(report.target)
      let (reached, asked) = (target.score(outcome.reached), target.askedScore)
      #expect((reached - asked).magnitude < (target.wantsQuality ? 2 : 0.1))
    }
  }

  @Test("a size needs to know how many samples there are")
  func sizeOfPipe() throws {
    let (model, sink) = (try Models.bumps.get(), MemorySink())
    let error = #expect(throws: CodecError.self) {
      try pipe(try Models.bumpRows(101, seed: 60), .bytes(5000), knowsRows: false, model, to: sink)
    }
    #expect(error == .sizeNeedsRows(name: "data") && sink.bytes.isEmpty)
    // One chunk says it.
    let report = try pipe(
      try Models.bumpRows(100, seed: 60), .bytes(2000), knowsRows: false, model, to: sink)
    #expect(report.target?.isKept == true && sink.bytes.count <= 2000)
  }

  @Test("samples that change between two readings are an error")
  func changed() throws {
    let model = try Models.bumps.get()
    var readings = 0
    let error = #expect(throws: CodecError.self) {
      try codec.encode(
        try Models.bumpRows(100, seed: 0).reader, name: "data", model: model,
        options: EncodeOptions(target: .psnr(30), chunkRows: 30), to: MemorySink(),
        reopen: { () throws(CodecError) in
          readings += 1
          do {
            return try Models.bumpRows(100, seed: UInt64(readings)).reader
          } catch {
            throw .noRows(name: "test")
          }
        })
    }
    #expect(error == .changedWhileRead(name: "data"))
  }

  @Test("an input that ends within its first chunk is written with its number of rows")
  func rowsOfOneChunk() throws {
    let (model, array, sink) = (try Models.bumps.get(), try Models.bumpRows(30, seed: 61), MemorySink())
    for rows in [29, 30] {
      _ = try codec.encode(
        ArrayReader(array.prefix(rows), knowsRows: false), name: "data", model: model,
        options: EncodeOptions(quality: 60, chunkRows: 30), to: sink)
    }
    let streams = try [29, 30].map { try codec.stream(array.prefix($0), model, chunkRows: 30) }
    #expect(sink.bytes == streams[0] + streams[1])
  }

  @Test("a target of an unknown kind is skipped, and one that is cut off is damage")
  func damagedRecord() throws {
    let (model, array) = (try Models.bumps.get(), try Models.bumpRows(30, seed: 62))
    let details = StreamMetadata(
      setting: .quality(60), model: model.digest,
      target: TargetRecord(.bytes(300), psnr: 0, isOfFirstChunk: false), chunkRows: 30, rows: 30,
      description: array.description)
    let bytes = details.encode()
    #expect(try StreamMetadata(bytes, name: "x").target == details.target)
    // Flags, the model's name, the quality; then the length of the target, and its kind.
    #expect(bytes[17] == 60 && bytes[18] == 3 && bytes[19] == 2)
    for kind in UInt8.min ... .max where kind & 0x7F > 2 {
      var damaged = bytes
      damaged[19] = kind
      #expect(try StreamMetadata(damaged, name: "x").target == nil)
    }
    for count in 0..<bytes.count {
      #expect(throws: CodecError.self) { try StreamMetadata(Array(bytes[..<count]), name: "x") }
    }
  }
}
