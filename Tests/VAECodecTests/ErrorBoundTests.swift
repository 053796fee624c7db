import ByteIO
import Testing

@testable import Records
@testable import Tensor
@testable import Transform
@testable import VAECodec

@Suite("Guarantees")
struct GuaranteeTests {
  private let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  private func stream(
    _ array: SampleArray, _ model: FittedModel, _ request: ErrorBoundRequest?, quality: Double = 60,
    chunkRows: Int? = nil, carriesModel: Bool = false
  ) throws -> (bytes: [UInt8], report: EncodeReport) {
    let sink = MemorySink()
    let report = try codec.encode(
      array.reader, name: "data", model: model,
      options: EncodeOptions(
        target: .quality(quality), errorBound: request, chunkRows: chunkRows, carriesModel: carriesModel),
      to: sink)
    return (sink.bytes, report)
  }

  @Test("What is lossless comes back bit for bit, from one chunk and from several", arguments: [nil, 7])
  func lossless(chunkRows: Int?) throws {
    for (array, model) in [
      (try Models.bumpRows(30, seed: 3), try Models.bumps.get()),
      (try Models.bumpRows(30, seed: 3).reshaped(type: .f8), try Models.bumps.get()),
      (try Models.byteRows(30, seed: 4), try Models.bytes.get()),
    ] {
      let (bytes, report) = try stream(array, model, .lossless, chunkRows: chunkRows)
      #expect(try SampleArray(file: codec.file(bytes, model)).batch == array.batch)
      #expect(report.errorBound == .lossless)
    }
  }

  @Test("No value is off by more than asked", arguments: [1e-4, 0.01, 0.3])
  func bounded(bound: Double) throws {
    let (array, model) = (try Models.bumpRows(40, seed: 5), try Models.bumps.get())
    let (bytes, _) = try stream(array, model, .maxError(bound))
    let decoded = try SampleArray(file: codec.file(bytes, model))
    for (a, b) in zip(array.numbers, decoded.numbers) { #expect((a - b).magnitude <= bound) }
    let summary = try #require(try codec.verify(MemorySource(bytes), name: "x").first)
    #expect(summary.errorBound == .maxError(bound))
  }

  @Test("Where the file carries what its setting needs of a model, no other setting makes a smaller file")
  func carriedModel() throws {
    let (array, model) = (try Models.bumpRows(20, seed: 6), try Models.bumps.get())
    let bound = ErrorBound.maxError(0.3)
    let own = try stream(array, model, .found(bound), carriesModel: true)
    for quality in stride(from: 0, through: 100, by: 10) {
      var pass = StreamEncoder(
        codec: codec, model: model, name: "data", description: array.description, chunkRows: array.batch.rows,
        effort: Effort(EncodeOptions.standardEffort), scale: model.summary.errorScale,
        units: BoundUnits(array.description))
      pass.rung = (bound, .quality(quality))
      pass.carriedModels = CarriedModels(rows: nil)
      pass.hasSingleChunk = true
      let other = try pass.run(
        TargetTrials.source(of: [SampleChunk(batch: array.batch)]), quality: 0, record: nil,
        measuresDistortion: false, to: EmptySink())
      #expect(own.bytes.count <= other.streamBytes + 8, "quality \(quality)")
    }
  }

  @Test("A larger bound takes fewer bytes")
  func rates() throws {
    let (array, model) = (try Models.bumpRows(200, seed: 6), try Models.bumps.get())
    let sizes = try [1e-3, 0.03, 0.3].map { try stream(array, model, .maxError($0)).bytes.count }
    #expect(sizes[0] > sizes[1] && sizes[1] > sizes[2])
  }

  @Test("A share of the range is one of the samples' own range")
  func share() throws {
    let (array, model) = (try Models.bumpRows(40, seed: 5), try Models.bumps.get())
    let report = try stream(array, model, .maxErrorOfRange(0.01)).report
    let (low, high) = (try #require(array.numbers.min()), try #require(array.numbers.max()))
    #expect(report.errorBound == .maxError(0.01 * (high - low)))
  }

  @Test("The range of what can be read only once, and is more than a chunk, is not known")
  func rangeOfPipe() throws {
    let (array, model) = (try Models.bumpRows(40, seed: 5), try Models.bumps.get())
    #expect(throws: CodecError.rangeNeedsFile(name: "data")) {
      try stream(array, model, .maxErrorOfRange(0.01), chunkRows: 10)
    }
  }

  @Test("Noise is stored, and takes no more than a thousandth more than it has")
  func noise() throws {
    var random = RandomSource(seed: 1)
    let bits = (0..<12 * 1000).map { _ in random.next() & 0xFFFF_FFFF }
    let array = SampleArray(
      try Models.bumpRows(1, seed: 1).description,
      SampleBatch(bits: bits, elementType: .f4, valuesPerSample: 12))
    let (bytes, _) = try stream(array, try Models.bumps.get(), .lossless)
    #expect(bytes.count <= array.batch.bytes.count * 1001 / 1000 + 1024)
    #expect(try SampleArray(file: codec.file(bytes, try Models.bumps.get())).batch == array.batch)
  }

  @Test(
    "Values that are no finite numbers come back bit for bit at every quality, and harm no others",
    arguments: [0.0, 60, 90], [nil, 7])
  func nonFinite(quality: Double, chunkRows: Int?) throws {
    let (clean, model) = (try Models.bumpRows(30, seed: 8), try Models.bumps.get())
    var bits = clean.batch.bits()
    let special: [UInt64] = [0x7FC0_1234, 0x7F80_0000, 0xFF80_0000, 0xFFC0_0001]
    for (i, place) in [5, 77, 78, 300].enumerated() { bits[place] = special[i] }
    let array = SampleArray(
      clean.description, SampleBatch(bits: bits, elementType: .f4, valuesPerSample: 12))
    let (bytes, report) = try stream(array, model, nil, quality: quality, chunkRows: chunkRows)
    #expect(report.nonFiniteValues == 4)
    let decoded = try SampleArray(file: codec.file(bytes, model))
    let without = try SampleArray(
      file: codec.file(stream(clean, model, nil, quality: quality, chunkRows: chunkRows).bytes, model))
    for (i, bit) in decoded.batch.bits().enumerated() {
      if [5, 77, 78, 300].contains(i) {
        #expect(bit == bits[i])
      } else if ![0, 6, 25].contains(i / 12) {
        // Rows without such values are what they are without any.
        #expect(bit == without.batch.bits()[i])
      }
    }
  }

  @Test("A fit leaves missing values out, and says how many there were")
  func missing() throws {
    let rows = try Models.bumpRows(60, seed: 9)
    var numbers = rows.numbers
    for i in stride(from: 0, to: numbers.count, by: 7) { numbers[i] = i % 2 == 0 ? .nan : .infinity }
    let array = try SampleArray(numbers, shape: [12])
    let report = try codec.fit([("data", array.reader)], options: Models.options(epochs: 30))
    #expect(report.missingValues == (numbers.count + 6) / 7)
    // What is known decides: the model serves whole samples.
    let whole = try Models.bumpRows(30, seed: 10)
    let decoded = try SampleArray(file: codec.file(codec.stream(whole, report.model), report.model))
    let error = zip(whole.numbers, decoded.numbers).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let mean = whole.numbers.reduce(0, +) / Double(whole.numbers.count)
    let power = whole.numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(error < 0.05 * power)
  }

  @Test("Of samples that all are missing, a model comes too")
  func allMissing() throws {
    let array = try SampleArray([Double](repeating: .nan, count: 240), shape: [12])
    let model = try codec.fit([("data", array.reader)], options: Models.options(epochs: 1)).model
    let file = try codec.file(codec.stream(array, model), model)
    #expect(try SampleArray(file: file).batch == array.batch)
  }

  @Test("A file that carries its model decodes alone, and says so", arguments: [nil, 7])
  func carried(chunkRows: Int?) throws {
    let (array, model) = (try Models.bumpRows(30, seed: 3), try Models.bumps.get())
    let (bytes, report) = try stream(array, model, nil, chunkRows: chunkRows, carriesModel: true)
    let plain = try stream(array, model, nil, chunkRows: chunkRows).bytes
    #expect(try codec.file(bytes, nil) == codec.file(plain, model))
    #expect(report.streamBytes == bytes.count)
    let summary = try #require(try codec.verify(MemorySource(bytes), name: "x").first)
    #expect(summary.modelBytes + 8 + summary.streamBytes == bytes.count)
    // Only what decoding these rows takes is carried.
    #expect(summary.modelBytes < model.bytes.count / 2)
    #expect(FileKind(of: bytes.prefix(12)) == .stream)
    // Another model does not stand in the way.
    #expect(try codec.file(bytes, try Models.otherBumps.get()) == codec.file(plain, model))
    #expect(throws: CodecError.self) { try codec.file(plain, nil) }
    // A stream that follows and carries none asks for its own.
    #expect(throws: CodecError.needsModel(name: "data.vaec", needs: model.fingerprint)) {
      try codec.file(bytes + plain, nil)
    }
    #expect(try SampleArray(file: codec.file(bytes + plain, model)).rows == 60)
  }

  @Test("A carried model that is damaged or cut is an error, and never a crash")
  func damagedCarriedModel() throws {
    let (array, model) = (try Models.bumpRows(5, seed: 3), try Models.bumps.get())
    let bytes = try stream(array, model, nil, carriesModel: true).bytes
    let good = try codec.file(bytes, nil)
    for place in stride(from: 0, to: bytes.count, by: 41) {
      var damaged = bytes
      damaged[place] ^= 0x10
      if let file = try? codec.file(damaged, nil) { #expect(file == good) }
      #expect(throws: CodecError.self) { try codec.file(Array(bytes[..<place]), nil) }
    }
  }

  @Test("Packing chooses what is smaller, and what it makes decodes alone")
  func packing() throws {
    let array = try Models.bumpRows(400, seed: 12)
    for (options, isExact) in [
      (EncodeOptions(errorBound: .maxError(0.2)), false), (EncodeOptions(errorBound: .lossless), true),
      (EncodeOptions(quality: 20), false), (EncodeOptions(target: .bitsPerSample(60)), false),
    ] {
      let sink = MemorySink()
      let report = try codec.pack(
        name: "data", fitOptions: Models.options(epochs: 40), options: options, to: sink,
        open: { () throws(CodecError) in array.reader })
      let decoded = try SampleArray(file: codec.file(sink.bytes, nil))
      #expect(decoded.rows == 400 && (!isExact || decoded.batch == array.batch))
      #expect(report.encode.streamBytes == sink.bytes.count)
      let with = try #require(report.bytesWithModel)
      if options.errorBound != nil {
        #expect(sink.bytes.count == min(with, try #require(report.bytesWithoutModel)))
      }
    }
  }

  @Test("Packing what is too little for a fit goes without a model")
  func packingLittle() throws {
    let array = try Models.bumpRows(3, seed: 12)
    let sink = MemorySink()
    let report = try codec.pack(
      name: "data", to: sink, open: { () throws(CodecError) in array.reader })
    #expect(report.fit == nil && !report.carriesModel)
    #expect(try SampleArray(file: codec.file(sink.bytes, nil)).batch == array.batch)
  }
}
