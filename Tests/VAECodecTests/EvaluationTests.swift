import ByteIO
import Tensor
import Testing

@testable import VAECodec

@Suite("Evaluation")
struct EvaluationTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  /// Compares a report with streams that were written and decoded one by one.
  private func check(_ array: SampleArray, knowsRows: Bool, _ model: FittedModel) throws {
    let qualities = [0.0, 33, 100]
    let report = try codec.evaluate(
      ArrayReader(array, knowsRows: knowsRows), name: "data", model: model, qualities: qualities)
    #expect(report.samples == array.rows)
    #expect(report.valuesPerSample == array.description.valuesPerSample)
    #expect(report.elementType == array.description.elementType)
    #expect(report.modelBytes == model.bytes.count)
    #expect(report.points.map(\.quality) == qualities)
    let raw = Double(array.batch.bytes.count)
    for point in report.points {
      let sink = MemorySink()
      let encoded = try codec.encode(
        ArrayReader(array, knowsRows: knowsRows), name: "data", model: model,
        options: EncodeOptions(quality: point.quality), to: sink)
      let size = Double(sink.bytes.count)
      #expect(point.bitsPerSample == 8 * size / Double(array.rows))
      #expect(point.bitsPerSample == encoded.bitsPerSample)
      #expect(point.bitsPerValue == point.bitsPerSample / Double(report.valuesPerSample))
      #expect(point.ratio == raw / size)
      #expect(point.ratioWithModel == raw / (size + Double(model.bytes.count)))

      let decoded = try SampleArray(file: try codec.file(sink.bytes, model))
      let errors = zip(array.numbers, decoded.numbers).map { ($0 - $1).magnitude }
      let mse = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
      #expect(point.mse == mse)
      #expect(point.rmse == mse.squareRoot())
      #expect(point.maxError == errors.max())
      #expect(point.psnr == decibels(model.summary.peak * model.summary.peak / mse))
      #expect(point.encodeMBPerSecond > 0 && point.decodeMBPerSecond > 0)
    }
  }

  @Test("rates are the bytes of the stream that encode writes, and errors those of decoding it")
  func measured() throws {
    try check(try Models.bumpRows(70, seed: 41), knowsRows: true, try Models.bumps.get())
    try check(
      try Models.bumpRows(70, seed: 41).reshaped(type: .f8), knowsRows: true, try Models.bumps.get())
  }

  @Test("so they are where the number of samples shows only at the end")
  func unknownRows() throws {
    let array = try Models.bumpRows(70, seed: 42).reshaped(type: .f8)
    try check(array, knowsRows: false, try Models.bumps.get())
  }

  @Test("so they are where there are more samples than a chunk holds")
  func chunks() throws {
    let array = try SampleArray(TestData.walks(17_000, width: 1, seed: 43), shape: [])
    try check(array, knowsRows: true, try Models.single.get())
    try check(array, knowsRows: false, try Models.single.get())
  }

  @Test("progress is told after each quality")
  func progress() throws {
    var told: [Int] = []
    _ = try codec.evaluate(
      try Models.bumpRows(5, seed: 44).reader, name: "data", model: try Models.bumps.get(),
      qualities: [10, 20, 30]
    ) { told.append($0) }
    #expect(told == [1, 2, 3])
  }

  @Test("what is thrown on the way ends it")
  func stopped() throws {
    var told: [Int] = []
    #expect(throws: CodecError.bytes(.cancelled, name: "data")) {
      _ = try codec.evaluate(
        try Models.bumpRows(5, seed: 44).reader, name: "data", model: try Models.bumps.get(),
        qualities: [10, 20, 30]
      ) { (done) throws(CodecError) in
        told.append(done)
        if done == 2 { throw .bytes(.cancelled, name: "data") }
      }
    }
    #expect(told == [1, 2])
  }

  @Test("the baseline's points are the model's, with errors in the data's units")
  func baseline() throws {
    let model = try Models.walks.get()
    let array = try SampleArray(TestData.walks(400, width: 2, seed: 45), shape: [2])
    let report = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: Array(stride(from: 0, through: 100, by: 5)))
    #expect(report.baselinePCA.count == model.summary.pcaPoints.count)
    for (a, b) in zip(report.baselinePCA, report.baselinePCA.dropFirst()) {
      #expect(a.bitsPerSample <= b.bitsPerSample)
    }
    for point in report.baselinePCA {
      let psnr = decibels(model.summary.peak * model.summary.peak / point.mse)
      #expect((psnr - point.psnr).magnitude < 1e-6)
    }
    #expect(
      report.bdRateVsPCA
        == BDRate.percent(
          report.points.map { ($0.bitsPerSample, $0.psnr) },
          against: report.baselinePCA.map { ($0.bitsPerSample, $0.psnr) }))
  }

  @Test("the finer a quality, the more neighbours decoding keeps", arguments: VectorMetric.allCases)
  func neighbours(metric: VectorMetric) throws {
    let model = try Models.bumps.get()
    let report = try codec.evaluate(
      try Models.bumpRows(400, seed: 47).reader, name: "data", model: model, qualities: [0, 60, 100],
      neighbours: (10, metric))
    let found = report.points.compactMap(\.neighbours)
    try #require(found.count == 3)
    #expect(found[0].recall < found[1].recall && found[1].recall <= found[2].recall)
    #expect(found[2].recall > 0.8)
    #expect(found[0].cosineError > found[1].cosineError && found[2].cosineError < 1e-3)
  }

  @Test("exact samples keep all neighbours, and more than there are count as all")
  func allNeighbours() throws {
    let array = try Models.bumpRows(30, seed: 48)
    let samples = InMemorySamples([array.batch], array.description)
    let recall = NeighbourRecall(
      samples, count: 100, .euclid, kernels: Kernels(), workers: Workers(count: 2))
    #expect(recall.count == 29 && recall.wanted == Set(0..<30))
    let width = array.batch.valuesPerSample
    let numbers = array.batch.doubles()
    let rows = Dictionary(
      uniqueKeysWithValues: (0..<30).map { ($0, Array(numbers[$0 * width..<($0 + 1) * width])) })
    let measured = recall.measure(rows)
    #expect(measured.recall == 1 && measured.cosineError.magnitude < 1e-6)
  }

  @Test("one quality makes no curve")
  func oneQuality() throws {
    let report = try codec.evaluate(
      try Models.bumpRows(50, seed: 46).reader, name: "data", model: try Models.bumps.get(), qualities: [50])
    #expect(report.bdRateVsPCA == nil)
  }

  @Test("ratios are to the bytes of the file where there is one")
  func file() throws {
    let (array, model) = (try Models.bumpRows(50, seed: 47), try Models.bumps.get())
    let plain = try codec.evaluate(array.reader, name: "data", model: model, qualities: [50])
    let file = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: [50], file: ReadFile(bytes: { 12_345 }))
    let raw = Double(array.batch.bytes.count)
    #expect((file.points[0].ratio / plain.points[0].ratio - 12_345 / raw).magnitude < 1e-9)
    #expect(file.fileBytes == 12_345 && plain.fileBytes == nil)
  }
}
