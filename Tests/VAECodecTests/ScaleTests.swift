import ByteIO
import Testing

@testable import Tensor
@testable import VAECodec
@testable import VAEModel

@Suite("Values near the ends of binary32")
struct ScaleTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  private func fit(_ array: SampleArray) throws(CodecError) -> FittedModel {
    try codec.fit([("data", array.reader)], options: Models.options(epochs: 2)).model
  }

  /// What comes back at a quality.
  private func decoded(_ array: SampleArray, _ model: FittedModel, quality: Double) throws -> [Double] {
    try SampleArray(file: try codec.file(try codec.stream(array, model, quality: quality), model)).numbers
  }

  private func error(_ a: [Double], _ b: [Double]) -> Double {
    // In units of the largest, so that no square is out of range.
    let largest = a.map(\.magnitude).max() ?? 1
    let squares = zip(a, b).reduce(0) { $0 + (($1.0 - $1.1) / largest) * (($1.0 - $1.1) / largest) }
    return (squares / Double(a.count)).squareRoot() * largest
  }

  /// Data of a usual scale, and their model.
  private static let plain = Result {
    try SampleArray(TestData.bumps(120, width: 6, seed: 5).map { $0 / 100 }, shape: [6])
  }
  private static let plainModel = Result { try Models.fit(plain.get(), epochs: 2) }

  @Test(
    "data of any scale down to 1e-32 and up to 1e35 have a model that is as good as at 1",
    arguments: [-32, -29, -26, -18, 18, 26, 35])
  func scales(exponent: Int) throws {
    let numbers = try Self.plain.get().numbers
    let scale = try #require(Double("1e\(exponent)"))
    let scaled = try SampleArray(numbers.map { $0 * scale }, shape: [6])
    let plainModel = try Self.plainModel.get()
    let model = try fit(scaled)
    #expect(try FittedModel(bytes: model.bytes, name: "m.vae").fingerprint == model.fingerprint)
    for quality in [60.0, 100] {
      let usual = error(numbers, try decoded(Self.plain.get(), plainModel, quality: quality))
      let found = error(scaled.numbers, try decoded(scaled, model, quality: quality)) / scale
      #expect(found <= 1.5 * usual, "\(found) and \(usual) at quality \(quality)")
    }
  }

  @Test("values that vary too little for a model are refused", arguments: [1e-35, 1e-39, 3e-45])
  func tooFine(scale: Double) throws {
    let array = try SampleArray(TestData.walks(40, width: 2, seed: 3).map { $0 * scale }, shape: [2])
    let found = #expect(throws: CodecError.self) { try fit(array) }
    guard case .fit(.tooFine(let deviation), "data") = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(deviation > 0 && deviation < 1e-33)
    let text = try #require(found).description
    #expect(text.hasPrefix("data: values differ from their means by about ") && !text.contains("\n"))
  }

  @Test("values that vary too little for a model are packed without one, exactly")
  func packedTooFine() throws {
    let array = try SampleArray(TestData.walks(40, width: 2, seed: 3).map { $0 * 1e-40 }, shape: [2])
    let sink = MemorySink()
    let report = try codec.pack(name: "data", options: EncodeOptions(quality: 50), to: sink) { array.reader }
    #expect(report.fit == nil && !report.carriesModel)
    #expect(try SampleArray(file: try codec.file(sink.bytes, nil)).numbers == array.numbers)
  }

  @Test("values of magnitudes beyond 2^120 are left out of a fit, and come back as they are")
  func largest() throws {
    var numbers = TestData.walks(60, width: 3, seed: 7)
    let most = Double(Float.greatestFiniteMagnitude)
    for place in stride(from: 1, to: numbers.count, by: 7) {
      numbers[place] = place % 2 == 0 ? most : -Double(Float(9.97e36))
    }
    let array = try SampleArray(numbers, shape: [3])
    let report = try codec.fit([("data", array.reader)], options: Models.options(epochs: 1))
    #expect(report.missingValues == numbers.count { $0.magnitude > 1e36 })
    #expect(report.model.summary.peak < 100)
    let back = try decoded(array, report.model, quality: 80)
    for (a, b) in zip(array.numbers, back) {
      #expect(a.magnitude > 1e36 ? a == b : (a - b).magnitude < 5)
    }
  }

  @Test("a value far beyond all that was fitted comes back as it is, and spoils no other value of its row")
  func far() throws {
    let model = try Models.bumps.get()
    var numbers = try Models.bumpRows(20, seed: 9).numbers
    let expected = try decoded(SampleArray(numbers, shape: [12]), model, quality: 80)
    numbers[5] = 1e20
    numbers[30] = -3e38
    let array = try SampleArray(numbers, shape: [12])
    let sink = MemorySink()
    let report = try codec.encode(
      array.reader, name: "data", model: model, options: EncodeOptions(quality: 80), to: sink)
    #expect(report.nonFiniteValues == 2)
    let back = try SampleArray(file: try codec.file(sink.bytes, model)).numbers
    for place in numbers.indices {
      if [5, 30].contains(place) {
        #expect(back[place] == array.numbers[place])
      } else if [0, 2].contains(place / 12) {
        #expect((back[place] - array.numbers[place]).magnitude < 60)
      } else {
        #expect(back[place] == expected[place])
      }
    }
  }

  @Test("binary16 values up to its greatest have a model that can be read, and come back finite")
  func halves() throws {
    let numbers = TestData.walks(60, width: 4, seed: 11).map { $0 > 0 ? 65504 : -65504 + $0.magnitude * 2000 }
    let array = try SampleArray(numbers, shape: [4], type: .f2)
    let model = try fit(array)
    let read = try FittedModel(bytes: model.bytes, name: "m.vae")
    #expect(read.fingerprint == model.fingerprint && read.summary.peak == model.summary.peak)
    for quality in [0.0, 40, 100] {
      let back = try decoded(array, model, quality: quality)
      #expect(back.allSatisfy { $0.magnitude <= 65504 })
    }
  }

  @Test("notes can be read whatever numbers they are given")
  func notes() throws {
    let model = try Models.rings.get()
    let strange = [
      Double.nan, .infinity, -.infinity, 1e300, -1e300, 0x1p-1074, .greatestFiniteMagnitude, -1, 0, 3.5e38,
    ]
    var random = RandomSource(seed: 1)
    func number() -> Double { strange[Int(random.next() % UInt64(strange.count))] }
    for _ in 0..<300 {
      var notes = model.notes
      notes.peak = number()
      notes.fittedRows = random.next() % 2 == 0 ? .max : 5
      notes.latents = notes.latents.map { _ in ModelSummary.Latent(bits: number(), variance: number()) }
      notes.points = notes.points.map { _ in
        ModelSummary.Point(quality: number(), bitsPerSample: number(), psnr: number())
      }
      notes.pca = [ModelMetadata.PCAPoint(bits: Float(number()), psnr: Float(number()), components: .max)]
      notes.explainedVariance =
        random.next() % 2 == 0 ? notes.latents.map { _ in number() } : [number(), number(), number()]
      notes.elbo = ELBO(reconstruction: number(), divergence: number())
      let written = FittedModel(model.model, notes: notes)
      let read = try FittedModel.read(MemorySource(written.bytes), name: "m.vae")
      #expect(read.fingerprint == written.fingerprint && read.summary.peak == written.summary.peak)
      #expect(read.summary.peak.isFinite)
    }
  }
}
