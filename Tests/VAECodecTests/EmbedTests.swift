import ByteIO
import SampleIO
import Testing
import VAE

@testable import VAECodec

@Suite("Latents")
struct EmbedTests {
  private let codec: Codec

  init() throws { codec = try Codec(threads: 1) }

  private func writing(
    _ body: ((SampleDescription) throws(CodecError) -> any SampleWriter) throws -> EmbedReport
  ) throws -> (array: SampleArray, report: EmbedReport) {
    let sink = MemorySink(canPatch: true)
    let report = try body { description throws(CodecError) in
      do throws(SampleIOError) {
        return try SampleOutput.make(description, to: sink)
      } catch {
        throw .samples(error)
      }
    }
    return (try SampleArray(file: sink.bytes), report)
  }

  private func embed(_ array: SampleArray, _ model: FittedModel, latents: Int? = nil) throws -> SampleArray {
    try writing {
      try codec.embed(array.reader, name: "data", model: model, latents: latents, makeWriter: $0)
    }.array
  }

  private func invert(_ latents: SampleArray, _ model: FittedModel) throws -> SampleArray {
    try writing { try codec.invert(latents.reader, name: "latents", model: model, makeWriter: $0) }.array
  }

  @Test("A row has the latents that the model has, whatever rows are beside it")
  func rows() throws {
    let (array, model) = (try Models.bumpRows(150, seed: 31), try Models.bumps.get())
    let all = try embed(array, model)
    #expect(all.description.elementType == .f4)
    #expect(all.rows == 150 && all.description.sampleShape == [model.summary.latents.count])
    let some = try embed(array.rows(140..<143), model)
    #expect(some.batch == all.batch.rows(140..<143))
  }

  @Test("The first latents alone are the first of all")
  func strongest() throws {
    let (array, model) = (try Models.bumpRows(20, seed: 32), try Models.bumps.get())
    let (all, one) = (try embed(array, model), try embed(array, model, latents: 1))
    let width = all.description.valuesPerSample
    #expect(one.numbers == stride(from: 0, to: all.numbers.count, by: width).map { all.numbers[$0] })
  }

  @Test("Latents lead back to samples about as near as a stream of the network does")
  func inverse() throws {
    let (array, model) = (try Models.bumpRows(60, seed: 33), try Models.bumps.get())
    let back = try invert(try embed(array, model), model)
    #expect(back.description.sampleShape == [12] && back.description.elementType == .f4)
    func error(_ other: SampleArray) -> Double {
      zip(array.numbers, other.numbers).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    // Quality 1 of this model is its network alone.
    let coded = try SampleArray(file: codec.file(codec.stream(array, model, quality: 1), model))
    #expect(error(back) < error(coded))
  }

  @Test("Latents that are left out are the mean: all of them give a sample in the middle")
  func fewer() throws {
    let model = try Models.bumps.get()
    let zeros = try SampleArray([0, 0], shape: [1])
    let back = try invert(zeros, model)
    #expect(back.rows == 2 && back.batch.rows(0..<1) == back.batch.rows(1..<2))
    #expect(back.numbers.allSatisfy { $0.isFinite })
  }

  @Test("What cannot be mapped is an error")
  func errors() throws {
    let (array, model) = (try Models.bumpRows(3, seed: 1), try Models.bumps.get())
    let most = model.summary.latents.count
    #expect(throws: CodecError.fewerLatents(name: "data", asked: most + 1, most: most)) {
      try embed(array, model, latents: most + 1)
    }
    #expect(throws: CodecError.badLatent(name: "latents", row: 2, column: 1)) {
      try invert(try SampleArray([0, .nan], shape: [1]), model)
    }
    let notes = ModelNotes(
      elementType: .f4, sampleShape: [2], fittedRows: 1, heldOutRows: 1, peak: 1, latents: [])
    let plain = FittedModel(Model(zeros: 2), notes: notes)
    #expect(throws: CodecError.noLatents(name: "data")) {
      try embed(try SampleArray([0, 1], shape: [2]), plain)
    }
    #expect(throws: CodecError.shapeMismatch(name: "data", found: [5], expected: [12])) {
      try embed(try SampleArray([1, 2, 3, 4, 5], shape: [5]), model)
    }
  }

  private func sample(_ count: Int, seed: UInt64, quality: Double = 1) throws -> SampleArray {
    let model = try Models.bumps.get()
    return try writing {
      try codec.sample(count, from: model, name: "m", quality: quality, seed: seed, makeWriter: $0)
    }.array
  }

  @Test("New samples are of the model's type and shape, and the same for the same seed")
  func sampling() throws {
    let some = try sample(150, seed: 3)
    #expect(some.rows == 150 && some.description.sampleShape == [12])
    #expect(try sample(150, seed: 3) == some)
    #expect(try sample(150, seed: 4) != some)
    // Fewer are the first of more.
    #expect(try sample(5, seed: 3).batch == some.batch.rows(0..<5))
  }

  @Test("New samples have about the mean and the spread of those that were fitted")
  func likeness() throws {
    func moments(_ array: SampleArray) -> (mean: Double, power: Double) {
      let numbers = array.numbers
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      return (mean, numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count))
    }
    let (old, new) = (moments(try Models.bumpRows(300, seed: 1)), moments(try sample(500, seed: 1)))
    #expect((old.mean - new.mean).magnitude < 0.2 * old.power.squareRoot())
    #expect(new.power > 0.6 * old.power && new.power < 1.6 * old.power)
  }

  @Test("A model without a network draws nothing")
  func noSampling() throws {
    let notes = ModelNotes(
      elementType: .f4, sampleShape: [2], fittedRows: 1, heldOutRows: 1, peak: 1, latents: [])
    let plain = FittedModel(Model(zeros: 2), notes: notes)
    #expect(throws: CodecError.noLatents(name: "m")) {
      try writing { try codec.sample(3, from: plain, name: "m", makeWriter: $0) }
    }
  }

  @Test("Missing values are taken as the mean, and counted")
  func missing() throws {
    let (array, model) = (try Models.bumpRows(2, seed: 1), try Models.bumps.get())
    var numbers = array.numbers
    numbers[5] = .nan
    let holed = try SampleArray(numbers, shape: [12])
    let (latents, report) = try writing {
      try codec.embed(holed.reader, name: "data", model: model, makeWriter: $0)
    }
    #expect(report.missingValues == 1 && latents.numbers.allSatisfy { $0.isFinite })
  }
}
