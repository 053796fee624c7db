import ByteIO
import Testing

@testable import Records
@testable import Training
@testable import VAECodec
@testable import VAEModel

@Suite("Fitting")
struct FitTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  /// Rows of two values: quick to fit.
  private func pairs(_ rows: Int, seed: UInt64) throws -> SampleArray {
    try SampleArray(TestData.walks(rows, width: 2, seed: seed), shape: [2])
  }

  private func csv(_ text: String) throws -> any SampleReader {
    try SampleInput.open(MemorySource(Array(text.utf8)), name: "data.csv")
  }

  @Test("the model tells what it was fitted to")
  func summary() throws {
    let array = try Models.byteRows(60, seed: 51)
    let report = try codec.fit([(name: "a", reader: array.reader)], options: Models.options(epochs: 1))
    let summary = report.model.summary
    #expect(report.rows == 60)
    #expect(!report.wasStopped)
    #expect(report.seconds > 0)
    #expect(summary.sampleShape == [4, 3])
    #expect(summary.valuesPerSample == 12)
    #expect(summary.elementType == .u1)
    #expect(summary.fittedRows == 54 && summary.heldOutRows == 6)
    let numbers = array.numbers
    #expect(summary.peak == (numbers.max() ?? 0) - (numbers.min() ?? 0))
    #expect(summary.points.map(\.quality) == Array(stride(from: 0.0, through: 100, by: 10)))
    #expect(summary.modelBytes == report.model.bytes.count)
    #expect(summary.fingerprint.count == 32 && summary.fingerprint.allSatisfy(\.isHexDigit))
  }

  @Test("a model file read again is the same model")
  func reading() throws {
    for model in [try Models.bumps.get(), try Models.single.get(), try Models.bytes.get()] {
      let again = try FittedModel.read(MemorySource(model.bytes), name: "m.vae")
      #expect(again.bytes == model.bytes)
      // The notes keep binary32 numbers.
      #expect(again.fingerprint == model.fingerprint)
      #expect(again.summary.sampleShape == model.summary.sampleShape)
      let width = model.summary.valuesPerSample
      let array = try SampleArray(
        TestData.bumps(20, width: width, seed: 52).map { $0.rounded() }, shape: [width])
      for quality in [0.0, 50, 100] {
        let stream = try codec.stream(array, model, quality: quality)
        #expect(try codec.stream(array, again, quality: quality) == stream)
        #expect(try codec.file(stream, again) == (try codec.file(stream, model)))
      }
    }
  }

  @Test("equal seeds give equal models, for any number of threads; others give others")
  func seeds() throws {
    let array = try pairs(60, seed: 53)
    func fit(_ threads: Int, _ seed: UInt64) throws -> [UInt8] {
      try Codec(threads: threads).fit(
        [(name: "a", reader: array.reader)], options: Models.options(epochs: 3, seed: seed)
      ).model.bytes
    }
    let first = try fit(1, 0)
    #expect(try fit(3, 0) == first)
    #expect(try fit(1, 1) != first)
  }

  @Test("files are fitted together: as if they were one")
  func together() throws {
    let array = try pairs(60, seed: 54)
    let options = Models.options(epochs: 2)
    let one = try codec.fit([(name: "a", reader: array.reader)], options: options)
    let two = try codec.fit(
      [(name: "a", reader: array.rows(0..<23).reader), (name: "b", reader: array.rows(23..<60).reader)],
      options: options)
    #expect(two.rows == 60)
    #expect(two.model.bytes == one.model.bytes)
  }

  @Test("with little memory, a uniform sample of the rows is fitted")
  func reservoir() throws {
    // Each row is its own number, so that the model's mean tells which rows were taken.
    let numbers = (0..<4000).flatMap { [Double($0), Double($0)] }
    let array = try SampleArray(numbers, shape: [2])
    let report = try codec.fit(
      [(name: "a", reader: array.reader)], options: Models.options(epochs: 1), memory: 200 * 2 * 4 * 6)
    #expect(report.rows == 4000)
    #expect(report.model.summary.fittedRows + report.model.summary.heldOutRows == 200)
    // The mean of 180 rows: 2000, give or take 86. The first or last 200 rows alone would give 100 or 3900.
    #expect((report.model.model.means[0] - 2000).magnitude < 500)
    #expect(report.model.summary.peak > 3000)
  }

  @Test("however little memory there is, enough rows for a fit are kept")
  func leastMemory() throws {
    let report = try codec.fit(
      [(name: "a", reader: try pairs(100, seed: 55).reader)], options: Models.options(epochs: 1),
      memory: 1)
    #expect(report.model.summary.fittedRows + report.model.summary.heldOutRows == ModelFit.minimumRows)
  }

  @Test("a table of whole numbers makes a model of integers, and one fraction anywhere does not")
  func wholeNumbers() throws {
    let rows = (0..<40).map { "\($0 * 7 % 50),\($0 * $0 % 31)" }
    func fit(_ lines: [String], _ scale: ScaleChoice = .common) throws -> Model {
      var options = Models.options(epochs: 1)
      options.scale = scale
      return try codec.fit(
        [(name: "data.csv", reader: try csv(lines.joined(separator: "\n") + "\n"))], options: options
      ).model.model
    }
    #expect(try fit(rows).output.isInteger)
    #expect(try fit(rows, .automatic).scales.scales.map(\.isInteger) == [true, true])
    #expect(try fit(rows.dropLast() + ["3.5,1"]).output.isInteger == false)
    #expect(
      try fit(rows.dropLast() + ["3.5,1"], .automatic).scales.scales.map(\.isInteger) == [false, true])
    // Binary numbers have a type of their own.
    let floats = try SampleArray((0..<80).map { Double($0 * 7 % 50) }, shape: [2])
    let model = try codec.fit([(name: "a", reader: floats.reader)], options: Models.options(epochs: 1)).model
    #expect(!model.model.output.isInteger)
    #expect(try Models.bytes.get().model.output.isInteger)
  }

  @Test("constant samples fit and come back")
  func constant() throws {
    let array = try SampleArray([Double](repeating: 7.5, count: 40 * 3), shape: [3])
    let model = try Models.fit(array, epochs: 1)
    for quality in [0.0, 100] {
      let after = try SampleArray(
        file: try codec.file(try codec.stream(array, model, quality: quality), model))
      #expect(after.numbers.allSatisfy { ($0 - 7.5).magnitude < 1e-5 })
    }
  }

  @Test("progress is told, from the first pass to the last measurement")
  func progress() throws {
    var told: [FitProgress] = []
    _ = try codec.fit(
      [(name: "a", reader: try pairs(60, seed: 56).reader)], options: Models.options(epochs: 8)
    ) {
      told.append($0)
      return true
    }
    #expect(!told.isEmpty)
    #expect(told.allSatisfy { (0...1).contains($0.fraction) && $0.epoch <= $0.epochs && $0.seconds >= 0 })
    let trained = told.filter { $0.stage == .training }
    #expect(trained.map(\.epoch) == trained.map(\.epoch).sorted())
    #expect(trained.allSatisfy { $0.epochs == 8 && $0.fraction < 0.8 })
    #expect(told.map(\.fraction) == told.map(\.fraction).sorted())
    #expect(told.contains { $0.stage == .layers } && told.contains { $0.stage == .sampler })
    #expect(told.last?.stage == .qualities && told.last?.fraction ?? 0 > 0.95)
  }

  @Test("with a time, training gets half of it or more, and the default quality is measured in any case")
  func time() throws {
    var options = FitOptions()
    options.seconds = 0.5
    let report = try codec.fit([(name: "a", reader: try pairs(600, seed: 58).reader)], options: options)
    #expect(report.seconds > 0.23)
    #expect(report.model.summary.points.contains { $0.quality == 60 })
  }

  @Test("a fit that is asked to stop ends early, says so, and its model works")
  func stopping() throws {
    var calls = 0
    let array = try pairs(60, seed: 57)
    let report = try codec.fit(
      [(name: "a", reader: array.reader)], options: Models.options(epochs: 100_000)
    ) {
      calls += 1
      return $0.epoch < 200
    }
    #expect(report.wasStopped)
    #expect(calls < 1000)
    _ = try codec.file(try codec.stream(array, report.model), report.model)
  }
}
