import ByteIO
import Testing

@testable import Records
@testable import VAECodec
@testable import VAEModel

@Suite("Evaluated rows")
struct EvaluatedRowsTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  private func evaluate(
    _ array: SampleArray, _ model: FittedModel, qualities: [Double] = [0, 20, 50, 80, 100]
  ) throws -> (EvaluationReport, EvaluatedRows) {
    let report = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: qualities, keepsRows: true)
    return (report, try #require(report.rows))
  }

  @Test("bits of all rows together are about those of the stream")
  func bits() throws {
    let array = try Models.bumpRows(600, seed: 51)
    let (report, rows) = try evaluate(array, try Models.bumps.get(), qualities: [0, 20])
    let middle = try #require(report.points.first { $0.quality == rows.bitsQuality })
    #expect(rows.bitsQuality == 20 && rows.bits.count == 600)
    let stream = middle.bitsPerSample * 600
    let symbols = rows.bits.reduce(0, +)
    // A file has some bytes beside its symbols.
    #expect(symbols < stream && symbols > stream - 8 * 60, "\(symbols) of \(stream)")
  }

  @Test("the costliest rows are those that take the most bits, in order")
  func costliest() throws {
    var numbers = TestData.bumps(200, width: 12, seed: 52)
    // A row that no bump is like.
    for i in 0..<12 { numbers[77 * 12 + i] = i % 2 == 0 ? 100 : 0 }
    let array = try SampleArray(numbers, shape: [12])
    let (_, rows) = try evaluate(array, try Models.bumps.get())
    #expect(rows.costliest.first?.place == 77 && rows.costliest.count == 10)
    let bits = rows.costliest.compactMap(\.bits)
    #expect(bits == rows.bits.sorted(by: >).prefix(10).map { $0 })
    #expect(rows.costliest.allSatisfy { $0.decoded.map(\.quality) == [50] })
    #expect(rows.costliest[0].values == Array(array.numbers[77 * 12..<78 * 12]))
  }

  @Test("what is shown of rows is what decoding gives, and profiles are the errors of that")
  func decoded() throws {
    let array = try Models.bumpRows(90, seed: 53)
    let model = try Models.bumps.get()
    let (report, rows) = try evaluate(array, model)
    #expect(rows.qualities == [0, 20, 50, 80] && rows.shown.count == 8)
    #expect(rows.shown.map(\.place) == (0..<8).map { $0 * 90 / 8 })
    for (i, quality) in rows.qualities.enumerated() {
      let decoded = try SampleArray(
        file: try codec.file(try codec.stream(array, model, quality: quality), model))
      for row in rows.shown {
        let range = row.place * 12..<(row.place + 1) * 12
        #expect(row.values == Array(array.numbers[range]))
        #expect(row.decoded[i].quality == quality && row.decoded[i].values == Array(decoded.numbers[range]))
      }
      let mean = rows.profiles[i].meanSquares.reduce(0, +) / 12
      let point = try #require(report.points.first { $0.quality == quality })
      #expect(abs(mean - point.mse) < 1e-9 * point.mse)
    }
  }

  @Test("latents are those that embed writes")
  func latents() throws {
    let array = try Models.bumpRows(40, seed: 54)
    let model = try Models.bumps.get()
    let (_, rows) = try evaluate(array, model)
    let sink = MemorySink(canPatch: true)
    _ = try codec.embed(array.reader, name: "data", model: model, latents: 2) {
      description throws(CodecError) in
      do throws(SampleIOError) {
        return try SampleOutput.make(description, to: sink)
      } catch {
        throw .samples(error)
      }
    }
    let embedded = try SampleArray(file: sink.bytes)
    #expect(rows.latents.map(\.place) == Array(0..<40))
    #expect(rows.latents.flatMap { [$0.first, $0.second ?? .nan] } == embedded.numbers)
  }

  @Test("places are those in the data, where only some of it is measured")
  func places() {
    let batch = SampleBatch(doubles: (0..<1000).map { Double($0) }, elementType: .f8, valuesPerSample: 1)
    var sample = RowSample(maximumRows: 200)
    for first in stride(from: 0, to: 1000, by: 77) { sample.add(batch.rows(first..<min(1000, first + 77))) }
    let description = try? SampleDescription(elementType: .f8, sampleShape: [], format: .raw)
    guard let description else { return #expect(Bool(false)) }
    let held = InMemorySamples(sample.batches, description, places: sample.places)
    #expect(held.rows < 1000)
    let located = held.locate(Array(0..<held.rows))
    let values = held.rows(Array(0..<held.rows))?.doubles()
    #expect(located.map { Double($0.place) } == values)
    #expect(held.spread(most: 5).count == 5 && held.spread(most: 5_000_000).count == held.rows)
  }

  @Test("an evaluation that is not asked for rows keeps none, and says the same")
  func withoutRows() throws {
    let array = try Models.bumpRows(30, seed: 55)
    let model = try Models.bumps.get()
    let (with, _) = try evaluate(array, model)
    let without = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: [0, 20, 50, 80, 100])
    #expect(without.rows == nil && without.points.map(\.mse) == with.points.map(\.mse))
  }

  @Test("training curves come back from notes, to five digits, and damage is no curve")
  func trainingCurve() {
    let curve = [
      TrainingPoint(epoch: 0, bits: 123.456, psnr: 20.125), TrainingPoint(epoch: 7.5, bits: 0.01, psnr: -3),
    ]
    let bytes = TrainingCurve.encode(curve)
    let back = TrainingCurve.decode(bytes)
    #expect(bytes.count == 18 && back.count == 2)
    for (a, b) in zip(curve, back) {
      #expect(a.epoch == b.epoch && a.psnr == b.psnr && abs(a.bits - b.bits) < 2e-5 * a.bits)
    }
    #expect(TrainingCurve.decode(Array(bytes.dropLast())).isEmpty)
    #expect(
      TrainingCurve.decode([UInt8](repeating: 0xFF, count: 9)).isEmpty && TrainingCurve.decode([]).isEmpty)
  }

  @Test("models that do not know of their training are read, and those that do say it again")
  func models() throws {
    let golden = try Golden.model("bumps")
    var notes = golden.notes
    notes.sections = []
    #expect(FittedModel(golden.model, notes: notes).summary.trainingCurve.isEmpty)
    let curve = [TrainingPoint(epoch: 0, bits: 64, psnr: 20), TrainingPoint(epoch: 1, bits: 32, psnr: 21.5)]
    notes.sections = [
      // What a later program may write.
      ModelMetadata.Section(kind: 99, bytes: [1, 2, 3]),
      ModelMetadata.Section(kind: ModelMetadata.Section.trainingCurve, bytes: TrainingCurve.encode(curve)),
    ]
    let fitted = FittedModel(golden.model, notes: notes)
    let read = try FittedModel(bytes: fitted.bytes, name: "m.vae")
    #expect(read.summary.trainingCurve == curve && read.summary == fitted.summary)
  }
}
