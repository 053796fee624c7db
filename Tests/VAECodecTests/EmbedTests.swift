import Testing

@testable import VAECodec
@testable import VAEModel

@Suite("Latents")
struct EmbedTests {
  private let codec: Codec

  init() throws { codec = try Codec(threads: 1) }

  private func embed(_ array: SampleArray, _ model: FittedModel, latents: Int? = nil) throws -> SampleArray {
    try SampleArray.written {
      try codec.embed(array.reader, name: "data", model: model, latents: latents, makeWriter: $0)
    }.array
  }

  private func invert(_ latents: SampleArray, _ model: FittedModel) throws -> SampleArray {
    try SampleArray.written {
      try codec.invert(latents.reader, name: "latents", model: model, makeWriter: $0)
    }.array
  }

  @Test("A row has the latents that the model has, whatever rows are beside it")
  func rows() throws {
    let (array, model) = (try Models.bumpRows(150, seed: 31), try Models.bumps.get())
    let all = try embed(array, model)
    #expect(all.description.elementType == .f4)
    #expect(all.rows == 150 && all.description.sampleShape == [model.summary.latents.count])
    let some = try embed(array.rows(140..<143), model)
    #expect(some.batch == all.batch.rows(140..<143))
    for r in 0..<150 { #expect(try embed(array.rows(r..<r + 1), model).batch == all.batch.rows(r..<r + 1)) }
  }

  @Test("Latents are ordered by variance over the rows that were fitted, which the model tells")
  func order() throws {
    let (array, model) = (try Models.bumpRows(400, seed: 3), try Models.rings.get())
    let told = model.summary.latents.map(\.variance)
    #expect(told.count > 2 && told == told.sorted(by: >))
    let latents = try embed(array, model)
    let (numbers, width) = (latents.numbers, told.count)
    for k in 0..<width {
      let column = stride(from: k, to: numbers.count, by: width).map { numbers[$0] }
      let mean = column.reduce(0, +) / 400
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400
      // A tenth of these rows was held out.
      #expect((variance / told[k] - 1).magnitude < 0.15, "latent \(k + 1)")
    }
  }

  @Test("A model tells what its latents explain; one that does not is read")
  func explained() throws {
    let shares = try Models.rings.get().summary.latents.map { $0.explained ?? .nan }
    let all = shares.reduce(0, +)
    #expect(all > 0.8 && all <= 1 && shares[0] > 0.1)
    let model = try Models.rings.get()
    var notes = model.notes
    notes.sections = []
    let silent = try FittedModel(bytes: FittedModel(model.model, notes: notes).bytes, name: "m").summary
    #expect(silent.latents.allSatisfy { $0.explained == nil } && silent.mixtureComponents == 0)
    // What is written is read.
    let back = try FittedModel(bytes: model.bytes, name: "m")
    #expect(back.summary.latents.map(\.explained) == model.summary.latents.map(\.explained))
    #expect(back.mixture == model.mixture && model.mixture != nil)
    #expect(back.summary.mixtureComponents == model.mixture?.count)
  }

  @Test("Notes whose sections are impossible are refused")
  func damagedSections() throws {
    let model = try Models.rings.get()
    func isRefused(_ change: (inout ModelMetadata) -> Void) -> Bool {
      var notes = model.notes
      change(&notes)
      let bytes = FittedModel(model.model, written: notes).bytes
      return (try? FittedModel(bytes: bytes, name: "m")) == nil
    }
    func section(_ notes: ModelMetadata, _ kind: Int) -> Int {
      notes.sections.firstIndex { $0.kind == kind } ?? 0
    }
    #expect(!isRefused { _ in })
    #expect(isRefused { $0.sections[section($0, ModelMetadata.Section.latentMixture)].bytes.removeLast() })
    #expect(isRefused { $0.sections[section($0, ModelMetadata.Section.latentMixture)].bytes[0] = 100 })
    #expect(
      isRefused { $0.sections[section($0, ModelMetadata.Section.explainedVariance)].bytes.removeLast(4) })
    #expect(isRefused { $0.explainedVariance = [Double](repeating: .nan, count: $0.latents.count) })
    #expect(!isRefused { $0.sections.append(ModelMetadata.Section(kind: 1000, bytes: [1, 2, 3])) })
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

  @Test("Latents that are left out are at their mean: all of them give a sample in the middle")
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
    let notes = ModelMetadata(
      elementType: .f4, sampleShape: [2], fittedRows: 1, heldOutRows: 1, peak: 1, latents: [])
    let plain = FittedModel(Model(zeros: 2), notes: notes)
    #expect(throws: CodecError.noLatents(name: "data")) {
      try embed(try SampleArray([0, 1], shape: [2]), plain)
    }
    #expect(throws: CodecError.shapeMismatch(name: "data", found: [5], expected: [12])) {
      try embed(try SampleArray([1, 2, 3, 4, 5], shape: [5]), model)
    }
  }

  @Test("Missing values are taken as the mean, and counted")
  func missing() throws {
    let (array, model) = (try Models.bumpRows(2, seed: 1), try Models.bumps.get())
    var numbers = array.numbers
    numbers[5] = .nan
    let holed = try SampleArray(numbers, shape: [12])
    let (latents, report) = try SampleArray.written {
      try codec.embed(holed.reader, name: "data", model: model, makeWriter: $0)
    }
    #expect(report.missingValues == 1 && latents.numbers.allSatisfy { $0.isFinite })
  }
}
