import Tensor
import Testing

@testable import VAECodec
@testable import VAEModel

@Suite("New samples")
struct SampleTests {
  private let codec: Codec

  init() throws { codec = try Codec(threads: 1) }

  private func sample(
    _ count: Int, _ model: FittedModel, sampler: Sampler? = nil, quality: Double? = nil, seed: UInt64 = 0
  ) throws -> (array: SampleArray, report: SampleReport) {
    try SampleArray.written {
      try codec.sample(
        count, from: model, name: "m", quality: quality, sampler: sampler, seed: seed, makeWriter: $0)
    }
  }

  private func around(
    _ array: SampleArray, _ count: Int, spread: Double, seed: UInt64 = 0, quality: Double? = nil
  ) throws -> SampleArray {
    try SampleArray.written {
      try codec.sample(
        count, around: array.reader, name: "data", model: try Models.rings.get(), spread: spread,
        quality: quality, seed: seed, makeWriter: $0)
    }.array
  }

  private func walk(
    _ a: SampleArray, _ b: SampleArray, _ count: Int, rows: (Int?, Int?) = (nil, nil)
  ) throws -> SampleArray {
    try SampleArray.written {
      try codec.interpolate(
        from: Codec.WalkEnd(reader: a.reader, name: "a", row: rows.0),
        to: Codec.WalkEnd(reader: b.reader, name: "b", row: rows.1), count: count,
        model: try Models.rings.get(), modelName: "m", makeWriter: $0)
    }.array
  }

  /// Samples there and back by all latents.
  private func back(_ array: SampleArray) throws -> SampleArray {
    let model = try Models.rings.get()
    let latents = try SampleArray.written {
      try codec.embed(array.reader, name: "data", model: model, makeWriter: $0)
    }.array
    return try SampleArray.written {
      try codec.invert(latents.reader, name: "latents", model: model, makeWriter: $0)
    }.array
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  @Test(
    "New samples are of the model's type and shape, and the same for the same seed",
    arguments: [Sampler.prior, .mixture])
  func seeds(sampler: Sampler) throws {
    let model = try Models.rings.get()
    let some = try sample(150, model, sampler: sampler, seed: 3).array
    #expect(some.rows == 150 && some.description.sampleShape == [12] && some.description.elementType == .f4)
    #expect(try sample(150, model, sampler: sampler, seed: 3).array == some)
    #expect(try sample(150, model, sampler: sampler, seed: 4).array != some)
    // Fewer are the first of more.
    #expect(try sample(5, model, sampler: sampler, seed: 3).array.batch == some.batch.rows(0..<5))
  }

  @Test("Latents come from the mixture where the model has one and no quality is asked for")
  func samplers() throws {
    let new = try Models.rings.get()
    var notes = new.notes
    notes.set(nil)
    let old = FittedModel(new.model, notes: notes)
    #expect(try sample(3, new).report.sampler == .mixture)
    #expect(try sample(3, new, quality: 60).report.sampler == .prior)
    #expect(try sample(3, new, quality: 60).array == sample(3, new, sampler: .prior).array)
    #expect(try sample(3, old).report.sampler == .prior)
    #expect(throws: CodecError.noMixture(name: "m")) { try sample(3, old, sampler: .mixture) }
  }

  @Test(
    "New samples have about the mean and the spread of those that were fitted", arguments: Sampler.allCases)
  func likeness(sampler: Sampler) throws {
    func moments(_ array: SampleArray) -> (mean: Double, power: Double) {
      let numbers = array.numbers
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      return (mean, numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count))
    }
    let old = moments(try Models.bumpRows(300, seed: 1))
    let new = moments(try sample(500, try Models.rings.get(), sampler: sampler, seed: 1).array)
    #expect((old.mean - new.mean).magnitude < 0.2 * old.power.squareRoot())
    #expect(new.power > 0.6 * old.power && new.power < 1.6 * old.power)
  }

  @Test("A model without a network draws nothing")
  func noNetwork() throws {
    let notes = ModelMetadata(
      elementType: .f4, sampleShape: [2], fittedRows: 1, heldOutRows: 1, peak: 1, latents: [])
    let plain = FittedModel(Model(zeros: 2), notes: notes)
    for sampler in [nil, Sampler.prior, .mixture] {
      #expect(throws: CodecError.noLatents(name: "m")) { try sample(3, plain, sampler: sampler) }
    }
  }

  @Test("Samples around given ones are these without spread, and farther from them with more")
  func spread() throws {
    let given = try Models.bumpRows(3, seed: 50)
    let ideal = try back(given).numbers
    let none = try around(given, 4, spread: 0)
    #expect(none.rows == 12)
    func row(_ r: Int, of numbers: [Double]) -> [Double] { Array(numbers[r * 12..<(r + 1) * 12]) }
    for r in 0..<12 { #expect(row(r, of: none.numbers) == row(r / 4, of: ideal)) }
    var distances: [Double] = []
    for spread in [0.1, 0.3, 1] {
      let some = try around(given, 40, spread: spread).numbers
      var sum = 0.0
      for r in 0..<120 { sum += distance(row(r, of: some), row(r / 40, of: ideal)) }
      distances.append(sum / 120)
    }
    #expect(distances[0] > 0 && distances[0] < distances[1] && distances[1] < distances[2], "\(distances)")
    #expect(try around(given, 4, spread: 1, seed: 1) == around(given, 4, spread: 1, seed: 1))
    #expect(try around(given, 4, spread: 1, seed: 1) != around(given, 4, spread: 1, seed: 2))
    #expect(try around(given, 150, spread: 0, quality: 5).rows == 450)
  }

  @Test("A walk begins and ends at its samples, and its steps are equal in latents")
  func ends() throws {
    let rows = try Models.bumpRows(4, seed: 51)
    let (a, b) = (rows.rows(0..<1), rows.rows(3..<4))
    let path = try walk(a, b, 5)
    let (first, last) = (try back(a), try back(b))
    #expect(path.rows == 5 && path.batch.rows(0..<1) == first.batch && path.batch.rows(4..<5) == last.batch)
    #expect(try walk(rows, rows, 5, rows: (0, 3)) == path)
    #expect(try walk(a, a, 3).batch.rows(1..<2) == first.batch)
    let model = try Models.rings.get()
    let latents = try SampleArray.written {
      try codec.embed(rows.reader, name: "data", model: model, makeWriter: $0)
    }.array.numbers
    let width = latents.count / 4
    let halfWay = (0..<width).map { (k: Int) -> Double in 0.5 * (latents[k] + latents[3 * width + k]) }
    let middle = try SampleArray(halfWay, shape: [width])
    let expected = try SampleArray.written {
      try codec.invert(middle.reader, name: "middle", model: model, makeWriter: $0)
    }.array
    #expect(distance(path.rows(2..<3).numbers, expected.numbers) < 1e-2)
  }

  @Test("A walk longer than a block goes on, and rows beyond the first block are found")
  func long() throws {
    let rows = try Models.bumpRows(300, seed: 52)
    let path = try walk(rows, rows, 301, rows: (1, 299))
    #expect(path.rows == 301)
    #expect(path.batch.rows(300..<301) == (try back(rows.rows(299..<300)).batch))
  }

  @Test("What is no end of a walk is an error")
  func noEnd() throws {
    let rows = try Models.bumpRows(3, seed: 53)
    #expect(throws: CodecError.severalRows(name: "a")) { try walk(rows, rows.prefix(1), 4) }
    #expect(throws: CodecError.noSuchRow(name: "b", row: 3, rows: 3)) {
      try walk(rows, rows, 4, rows: (0, 3))
    }
    #expect(throws: CodecError.noRows(name: "a")) { try walk(rows.prefix(0), rows, 4) }
    #expect(throws: CodecError.shapeMismatch(name: "b", found: [2], expected: [12])) {
      try walk(rows.prefix(1), try SampleArray([1, 2], shape: [2]), 4)
    }
  }

  @Test("An evaluation tells what the first latents make of the samples")
  func reconstruction() throws {
    let (array, model) = (try Models.bumpRows(200, seed: 54), try Models.rings.get())
    let report = try codec.evaluate(array.reader, name: "data", model: model, qualities: [50])
    let found = try #require(report.reconstruction)
    let counts = found.points.map(\.latents)
    #expect(counts.first == 1 && counts.last == model.summary.latents.count && counts == counts.sorted())
    #expect(found.points[0].mse > 2 * (found.points.last?.mse ?? 0))
    for point in found.points {
      let psnr = decibels(model.summary.peak * model.summary.peak / point.mse)
      #expect((point.psnr - psnr).magnitude < 1e-9)
    }
    let error = distance(array.numbers, try back(array).numbers)
    let last = found.points.last?.mse ?? 0
    #expect((error * error / 2400 / last - 1).magnitude < 1e-3)
    #expect(report.newSamples.isEmpty)
    let other = try codec.evaluate(
      try Models.bumpRows(9, seed: 1).reader, name: "data", model: try Models.bumps.get(), qualities: [50])
    #expect(other.reconstruction != nil)
  }

  @Test("New samples are compared with real ones, the same whatever the threads")
  func comparison() throws {
    let (array, model) = (try Models.bumpRows(300, seed: 55), try Models.rings.get())
    let report = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: [50], newSamples: 2000)
    #expect(report.newSamples.map(\.sampler) == [.mixture, .prior])
    for new in report.newSamples {
      #expect(new.samples == 150 && new.bandwidth > 0)
      #expect(new.realDiscrepancy.magnitude < 0.02 && (new.realNeighbourAccuracy - 0.5).magnitude < 0.15)
      #expect(new.neighbourAccuracy >= 0 && new.neighbourAccuracy <= 1)
    }
    // Latents lie on a ring, of which the prior knows nothing.
    #expect(report.newSamples[0].discrepancy < report.newSamples[1].discrepancy)
    #expect(report.newSamples[0].neighbourAccuracy < report.newSamples[1].neighbourAccuracy)
    let other = try Codec(threads: 3).evaluate(
      array.reader, name: "data", model: model, qualities: [50], newSamples: 40)
    let same = try codec.evaluate(array.reader, name: "data", model: model, qualities: [50], newSamples: 40)
    #expect(other.newSamples.map(\.discrepancy) == same.newSamples.map(\.discrepancy))
    #expect(other.newSamples[0].samples == 40)
    #expect(throws: CodecError.tooFewToCompare(name: "data", rows: 3)) {
      try codec.evaluate(
        array.prefix(3).reader, name: "data", model: model, qualities: [50], newSamples: 2)
    }
  }
}
