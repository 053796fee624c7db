import ByteIO
import Testing

@testable import EntropyCoding
@testable import Tensor
@testable import Transform
@testable import VAECodec

@Suite("Quality")
struct QualityTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  static let models = ["bumps", "walks", "bytes"]

  private func data(_ name: String) throws -> (FittedModel, SampleArray) {
    switch name {
    case "bumps": (try Models.bumps.get(), try Models.bumpRows(300, seed: 31))
    case "bytes": (try Models.bytes.get(), try Models.byteRows(300, seed: 31))
    default:
      (
        try Models.walks.get(), try SampleArray(TestData.walks(300, width: 2, seed: 31), shape: [2])
      )
    }
  }

  @Test("more quality is more PSNR, and more bits", arguments: models)
  func monotone(name: String) throws {
    let (model, array) = try data(name)
    let report = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: Array(stride(from: 0, through: 100, by: 10)))
    // Points are tuned on the rows that the fit held out, which are few here: on others they hit within a decibel or so.
    for (a, b) in zip(report.points, report.points.dropFirst()) { #expect(b.psnr > a.psnr - 0.5) }
    for (a, b) in zip(report.points, report.points.dropFirst(3)) {
      #expect(b.bitsPerSample > a.bitsPerSample)
    }
    let (first, last) = (try #require(report.points.first), try #require(report.points.last))
    #expect(last.psnr > first.psnr + 20)
  }

  @Test(
    "neither rate nor PSNR falls from a quality to the next by more than noise", arguments: [false, true])
  func fineSteps(areIntegers: Bool) throws {
    func rows(_ count: Int, seed: UInt64) throws -> SampleArray {
      areIntegers ? try Models.byteRows(count, seed: seed) : try Models.bumpRows(count, seed: seed)
    }
    let (model, array) = (try Models.fit(try rows(3000, seed: 33), epochs: 3), try rows(300, seed: 34))
    let points = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: (0...100).map(Double.init), effort: 1
    ).points
    for (a, b) in zip(points, points.dropFirst()) {
      #expect(b.psnr > a.psnr - 0.5 && b.bitsPerSample > 0.93 * a.bitsPerSample, "\(b.quality)")
    }
  }

  @Test(
    "a quality outside of 0 ... 100 counts as the nearest inside, and none at all as the lowest",
    arguments: [
      (-1, 0), (-1e300, 0), (101, 100), (1e300, 100), (.infinity, 100), (-.infinity, 0), (.nan, 0),
    ] as [(Double, Double)])
  func outside(given: Double, counts: Double) throws {
    let (model, array) = try data("walks")
    #expect(
      try codec.stream(array.prefix(9), model, quality: given)
        == (try codec.stream(array.prefix(9), model, quality: counts)))
  }

  @Test("the nearest whole quality counts")
  func fractions() throws {
    let (model, array) = try data("walks")
    func decoded(_ quality: Double) throws -> [UInt8] {
      try codec.file(try codec.stream(array.prefix(9), model, quality: quality), model)
    }
    #expect(try decoded(41.4) == (try decoded(41)))
    #expect(try decoded(41.6) == (try decoded(42)))
    #expect(try decoded(20) != (try decoded(42)))
  }

  @Test("a stream takes what the tables say, and little more", arguments: models, [20.0, 60, 90])
  func overhead(name: String, quality: Double) throws {
    let (model, some) = try data(name)
    // Enough rows, and none of them twice.
    let array = try SampleArray(
      name == "walks"
        ? TestData.walks(1000, width: 2, seed: 32)
        : name == "bumps"
          ? TestData.bumps(1000, width: 12, seed: 32) : try Models.byteRows(1000, seed: 32).numbers,
      shape: some.description.sampleShape, type: some.description.elementType)
    let plan = ChunkCodingContext(
      model.model, at: model.point(quality: quality), chunkRows: 1000, kernels: codec.kernels)
    let bits = plan.tables.bits(of: plan.symbols(of: array.batch.floats()))
    let stream = try codec.stream(array, model, quality: quality)
    #expect(Double(stream.count) <= 1.01 * bits / 8 + 200)
  }
}

extension ChunkCodingContext {
  /// The symbols of a chunk, made row by row.
  fileprivate func symbols(of numbers: [Float]) -> ChunkSymbols {
    let (width, rows) = (model.values, numbers.count / model.values)
    var chunk = ChunkSymbols(planes: planes, contextCodedPlanes: contextCodedPlanes, rows: rows)
    let coder = SampleCoder(model, at: point, blockRows: 1, kernels: kernels)
    var base = [Float](repeating: 0, count: numbers.count)
    numbers.withUnsafeBufferPointer { numbers in
      for row in 0..<rows {
        let range = row * width..<(row + 1) * width
        let all = planes + coefficientPlanes
        var symbols = [Int32](repeating: 0, count: max(1, all))
        var levels = [UInt8](repeating: 0, count: max(1, coefficientPlanes))
        symbols.withUnsafeMutableBufferPointer { symbols in
          guard let first = symbols.baseAddress else { return }
          coder.encode(
            UnsafeBufferPointer(rebasing: numbers[range]), rows: 1, symbols: first, levels: &levels,
            planeStride: 1)
        }
        for plane in 0..<coefficientPlanes { chunk.levels[plane * rows + row] = levels[plane] }
        for plane in 0..<all { chunk.symbols[plane * rows + row] = symbols[plane] }
        base.withUnsafeMutableBufferPointer {
          coder.lastBase(rows: 1, into: UnsafeMutableBufferPointer(rebasing: $0[range]))
        }
      }
      guard hasValues else { return }
      base.withUnsafeBufferPointer { base in
        ValueCoder(model, rows: rows, kernels: kernels).encode(
          numbers, base: base, rows: rows, step: point.valueStep
        ) { value, symbols, levels in
          for row in 0..<rows {
            let plane = coefficientPlanes + value
            chunk.symbols[(planes + plane) * rows + row] = symbols[row]
            chunk.levels[plane * rows + row] = levels[row] + UInt8(firstValueLevel)
          }
        }
      }
    }
    return chunk
  }
}

@Suite("Qualities above the model's points")
struct FineQualityTests {
  @Test("They go on to below the data's own noise, in steps, in pipes of any chunks")
  func ladder() throws {
    let (codec, model) = (try Codec(threads: 2), try Models.bumps.get())
    let array = try Models.bumpRows(80, seed: 81)
    var (bytes, last) = (0, 0.0)
    for (quality, least) in [(90.0, 30.0), (91, 77), (95, 105), (100, 140)] {
      let sink = MemorySink()
      let report = try codec.encode(
        array.reader, name: "data", model: model, options: EncodeOptions(quality: quality, chunkRows: 30),
        to: sink)
      var distortion = Distortion()
      distortion.add(array.numbers, try SampleArray(file: codec.file(sink.bytes, model)).numbers)
      let psnr = Distortion.psnr(mse: distortion.mse, peak: model.summary.peak)
      #expect(psnr > last + 3 && psnr >= least - 0.7 && sink.bytes.count > bytes, "\(quality): \(psnr) dB")
      #expect(quality > 90 || report.errorBound == nil)
      (bytes, last) = (sink.bytes.count, psnr)
    }
    let measured = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: [95, 100], keepsRows: true)
    #expect(measured.points[1].psnr > 138 && measured.points[1].psnr > measured.points[0].psnr)
  }

  @Test("Integers have points for all qualities, and fractions as many as there are before bounds")
  func points() throws {
    #expect(try Models.bytes.get().highestPoint == 100)
    let model = try Models.fit(Models.bumpRows(100, seed: 82), epochs: 3)
    #expect(model.highestPoint == 90)
    #expect(model.model.qualities[91...].allSatisfy { $0 == model.model.qualities[90] })
    #expect(model.model.qualities[80] != model.model.qualities[90])
    let points = model.summary.points
    #expect(points.last?.quality == 100 && (points.last?.psnr ?? 0) > 130)
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.psnr <= $1.psnr + 0.5 })
  }
}

@Suite("What codes a quality")
struct QualityRungTests {
  /// A random walk of a few decimals, whose last digits are noise to a network.
  private func decimals(_ rows: Int, seed: UInt64) throws -> SampleArray {
    var random = RandomSource(seed: seed)
    var (last, numbers) = ([0.0, 0, 0], [Double]())
    for _ in 0..<rows {
      for place in last.indices { last[place] += (10 * Double(random.normal())).rounded() }
      numbers += last.map { $0 / 10 }
    }
    return try SampleArray(numbers, shape: [3])
  }

  @Test("Values that take fewer bytes exactly than by the model's points come back exactly")
  func lossless() throws {
    let codec = try Codec(threads: 2)
    let array = try decimals(1500, seed: 5)
    let model = try Models.fit(array, epochs: 3)
    let points = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: [20, 80, 90, 100], effort: 1
    ).points
    #expect(!points[0].isExact && points[2].isExact && points[3].isExact)
    #expect(points[2].bitsPerSample == points[3].bitsPerSample)
    for (a, b) in zip(points, points.dropFirst()) { #expect(b.bitsPerSample >= a.bitsPerSample) }
  }

  @Test(
    "A PSNR is reached in no more bytes than lossless coding takes", arguments: [20.0, 60, 80, 100, 120, 140])
  func psnr(asked: Double) throws {
    let codec = try Codec(threads: 2)
    let array = try decimals(600, seed: 6)
    let model = try Models.fit(array, epochs: 3)
    func stream(_ options: EncodeOptions) throws -> (EncodeReport, Int) {
      let sink = MemorySink()
      let report = try codec.encode(array.reader, name: "data", model: model, options: options, to: sink)
      return (report, sink.bytes.count)
    }
    let exact = try stream(EncodeOptions(errorBound: .lossless)).1
    let (report, bytes) = try stream(EncodeOptions(target: .psnr(asked)))
    #expect(report.target?.isKept == true && (report.psnr ?? 0) >= asked)
    // The target takes some bytes of the header.
    #expect(bytes <= exact + exact / 100 + 12)
  }

  @Test("Correlated fractions are coded by PCA where that takes fewer bytes than bounds")
  func pca() throws {
    let codec = try Codec(threads: 2)
    var random = RandomSource(seed: 7)
    let factors = (0..<40).map { _ in Double(random.normal()) }
    let array = try SampleArray(
      (0..<300).flatMap { _ in
        let x = Double(random.normal())
        return factors.map { $0 * x + 0.001 * Double(random.normal()) }
      }, shape: [40])
    let model = try Models.fit(array, epochs: 3)
    let report = try codec.encode(
      array.reader, name: "data", model: model, options: EncodeOptions(target: .psnr(78)), to: MemorySink())
    #expect(report.errorBound == nil && report.quality == nil && (report.psnr ?? 0) >= 78)
  }
}
