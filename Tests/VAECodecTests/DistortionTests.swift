import ByteIO
import Tensor
import Testing

@testable import Records
@testable import VAECodec

@Suite("Distortion")
struct DistortionTests {
  /// What is measured here by other means: over finite originals, in the order of rows.
  private struct Figures: Equatable {
    var (mse, maximum, count, range) = (0.0, 0.0, 0, 0.0)

    init(_ original: [Double], _ decoded: [Double]) {
      let pairs = zip(original, decoded).filter { $0.0.isFinite }
      count = pairs.count
      mse = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(max(1, count))
      maximum = pairs.map { ($0.0 - $0.1).magnitude }.max() ?? 0
      range = (pairs.map(\.0).max() ?? 0) - (pairs.map(\.0).min() ?? 0)
    }
  }

  /// Each second value is missing.
  private func halfMissing(_ array: SampleArray) throws -> SampleArray {
    var numbers = array.numbers
    for i in numbers.indices where i * 7 % 4 < 2 { numbers[i] = [.nan, .infinity, -.infinity][i % 3] }
    return try SampleArray(numbers, shape: array.description.sampleShape)
  }

  private func encoded(
    _ array: SampleArray, _ model: FittedModel?, _ options: EncodeOptions, threads: Int = 2
  ) throws -> (report: EncodeReport, decoded: SampleArray) {
    let (codec, sink) = (try Codec(threads: threads), MemorySink())
    let report =
      if let model {
        try codec.encode(array.reader, name: "data", model: model, options: options, to: sink) {
          () throws(CodecError) in array.reader
        }
      } else { try codec.encodeWithoutModel(array.reader, name: "data", options: options, to: sink) }
    return (report, try SampleArray(file: codec.file(sink.bytes, model)))
  }

  @Test("values too large for a model add their errors, but neither their number nor their range")
  func tooLarge() {
    var exact = Distortion()
    exact.add([1, 2, 4, 1e37], [1.5, 2, 4, 1e37])
    #expect(exact.count == 3 && exact.peak == 3 && exact.mse == 0.25 / 3)
    var changed = Distortion()
    changed.add([1, 2, 4, 1e37], [1, 2, 4, (1e37).nextDown])
    #expect(changed.count == 3 && changed.peak == 3 && changed.maximum == (1e37).ulp)
    #expect(changed.mse == (1e37).ulp * (1e37).ulp / 3)
  }

  private func check(_ report: EncodeReport, _ array: SampleArray, _ decoded: SampleArray, peak: Double)
    throws
  {
    let figures = Figures(array.numbers, decoded.numbers)
    let measured = try #require(report.distortion)
    #expect(measured.mse == figures.mse && measured.maximum == figures.maximum)
    #expect(measured.isExact == (figures.maximum == 0))
    if measured.isExact {
      #expect(measured.psnr == .infinity)
    } else {
      let peak = peak > 0 ? peak : figures.range
      #expect(measured.peak == peak)
      let psnr = try #require(measured.psnr)
      #expect((psnr - decibels(peak * peak / figures.mse)).magnitude < 1e-9)
    }
  }

  @Test(
    "what encode reports is what decoding gives, to the bit, whatever the effort, the chunks and the threads",
    arguments: [0, 1, 2])
  func encoder(effort: Int) throws {
    let floats = try Models.bumpRows(300, seed: 51)
    for (array, model) in [
      (floats, try Models.bumps.get()), (try floats.reshaped(type: .f8), try Models.bumps.get()),
      (try floats.reshaped(type: .f2), try Models.bumps.get()),
      (try Models.byteRows(300, seed: 52), try Models.bytes.get()),
      (try halfMissing(floats), try Models.bumps.get()),
    ] {
      for quality in [0.0, 55, 100] {
        var seen: [Distortion] = []
        for (chunk, threads) in [(nil, 1), (70, 1), (70, 3)] as [(Int?, Int)] {
          let options = EncodeOptions(quality: quality, chunkRows: chunk, effort: effort)
          let (report, decoded) = try encoded(array, model, options, threads: threads)
          try check(report, array, decoded, peak: model.summary.peak)
          if chunk != nil { seen.append(try #require(report.distortion)) }
        }
        #expect(seen[0] == seen[1])
      }
    }
  }

  @Test(
    "so it is where something is promised of every value, with a model and without",
    arguments: ElementType.allCases)
  func promised(type: ElementType) throws {
    let floats = try Models.bumpRows(120, seed: 53)
    let array = try floats.reshaped(type: type)
    for request in [ErrorBoundRequest.maxError(0.7), .maxError(3), .lossless] {
      for chunk in [nil, 50] {
        let options = EncodeOptions(errorBound: request, chunkRows: chunk)
        let (plain, back) = try encoded(array, nil, options)
        try check(plain, array, back, peak: 0)
        if type.isInteger { continue }
        let model = try Models.bumps.get()
        let (report, decoded) = try encoded(array, model, options)
        try check(report, array, decoded, peak: model.summary.peak)
        #expect(request != .lossless || report.distortion?.isExact == true)
      }
    }
  }

  @Test("nothing is measured where nobody asks")
  func unasked() throws {
    var options = EncodeOptions(quality: 50)
    options.measuresDistortion = false
    let (report, _) = try encoded(try Models.bumpRows(30, seed: 54), try Models.bumps.get(), options)
    #expect(report.distortion == nil)
  }

  @Test("with half of the values missing, a PSNR that was asked for holds of the other half")
  func target() throws {
    let (array, model) = (try halfMissing(try Models.bumpRows(400, seed: 55)), try Models.bumps.get())
    for asked in [25.0, 33, 41] {
      for chunk in [nil, 90] {
        let (report, decoded) = try encoded(
          array, model, EncodeOptions(target: .psnr(asked), chunkRows: chunk))
        let figures = Figures(array.numbers, decoded.numbers)
        #expect(figures.count == array.numbers.count / 2)
        let peak = model.summary.peak
        let psnr = decibels(peak * peak / figures.mse)
        let outcome = try #require(report.target)
        #expect(psnr >= asked && outcome.isKept && (outcome.reached - psnr).magnitude < 1e-4)
      }
    }
  }

  @Test(
    "with half of the values missing, eval and the curve of a fit are about the other half, and so is PCA's")
  func evaluation() throws {
    let array = try halfMissing(try Models.bumpRows(400, seed: 56))
    let model = try Models.fit(array, epochs: 20)
    let codec = try Codec(threads: 2)
    let report = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: [20, 60, 90], keepsRows: true)
    for point in report.points {
      let (_, decoded) = try encoded(array, model, EncodeOptions(quality: point.quality))
      #expect(point.mse == Figures(array.numbers, decoded.numbers).mse)
    }
    #expect(!report.baselinePCA.isEmpty && report.comparesSizesWithPCA)
    // Without any bits, PCA gives back the mean: its error is the variance of the values that are there.
    let numbers = array.numbers
    var variance = 0.0
    var count = 0
    for column in 0..<12 {
      let own = stride(from: column, to: numbers.count, by: 12).map { numbers[$0] }.filter(\.isFinite)
      let mean = own.reduce(0, +) / Double(own.count)
      variance += own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      count += own.count
    }
    variance /= Double(count)
    let worst = try #require(report.baselinePCA.map(\.mse).max())
    #expect(worst > 0.8 * variance && worst < 1.1 * variance, "\(worst) of \(variance)")
    // The fit measured the rows that it held out in the same way: the quality that eval finds is about that of its curve.
    let told = try #require(model.summary.points.first { $0.quality == 60 })
    let found = report.points[1].psnr
    #expect((told.psnr - found).magnitude < 3, "\(told.psnr) and \(found)")
    let network = try codec.evaluate(
      array.reader, name: "data", model: try Models.bumps.get(), qualities: [60])
    let few = try #require(network.reconstruction).points
    #expect(few.allSatisfy { $0.pcaMSE < 1.1 * variance && $0.mse < 2 * variance })
  }

  @Test("exact values have no PSNR but infinity, and nothing else has")
  func exact() throws {
    let array = try SampleArray([Double](repeating: 7, count: 400), shape: [4], type: .u1)
    let model = try Models.fit(array, epochs: 1)
    let (report, decoded) = try encoded(array, model, EncodeOptions(quality: 100))
    #expect(decoded.batch == array.batch && report.distortion?.psnr == .infinity)
    // A large peak beside a small error is no exact value.
    var distortion = Distortion(peak: 1e9)
    distortion.add([1e9, 0], [1e9 - 250, 0])
    #expect(!distortion.isExact && (distortion.psnr ?? 0) < 140 && (distortion.psnr ?? 0) > 120)
    #expect(Distortion.psnr(mse: 0, peak: 0) == .infinity && Distortion.psnr(mse: 1, peak: 0) == 0)
    #expect(Distortion.psnr(mse: 1, peak: 10) == 20 && Distortion().mse == 0)
  }

  @Test(
    "a missing value that does not come back is an error without bound, and so is a value that comes back as none"
  )
  func missing() {
    var (kept, lost, gone) = (Distortion(), Distortion(), Distortion())
    kept.add([.nan, .infinity, 1], [.nan, .infinity, 1])
    lost.add([.nan, 1], [0, 1])
    gone.add([1, 2], [.nan, 2])
    #expect(kept.isExact && kept.count == 1)
    for distortion in [lost, gone] {
      #expect(distortion.maximum == .infinity && distortion.rmse == .infinity)
    }
  }

  @Test("a PSNR that only exact values reach is found, and told as such")
  func exactTarget() throws {
    let array = try SampleArray([Double](repeating: 7, count: 400), shape: [4], type: .u1)
    let model = try Models.fit(array, epochs: 1)
    let (report, decoded) = try encoded(array, model, EncodeOptions(target: .psnr(300)))
    #expect(
      decoded.batch == array.batch && report.target?.reached == .infinity && report.target?.isKept == true)
  }
}
