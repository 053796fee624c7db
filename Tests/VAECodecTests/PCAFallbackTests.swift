import ByteIO
import Testing

@testable import Container
@testable import Tensor
@testable import VAECodec

/// A stream is never much larger than PCA's, whatever the samples are.
@Suite("PCA as an alternative")
struct LinearAlternativeTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  private func noise(_ rows: Int, width: Int, seed: UInt64, scale: Double = 1) throws -> SampleArray {
    var random = RandomSource(seed: seed)
    return try SampleArray(
      (0..<rows * width).map { _ in scale * Double(random.normal()) }, shape: [width])
  }

  /// The rates of streams, and those of PCA with an ideal entropy coder at the same PSNR, where it reaches that.
  private func rates(_ array: SampleArray, _ model: FittedModel) throws -> [(bits: Double, pca: Double)] {
    let report = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: Array(stride(from: 0, through: 100, by: 10)))
    let curve = try #require(BDRate.LogRate(report.baselinePCA.map { ($0.bitsPerSample, $0.psnr) }))
    return report.points.filter { $0.psnr >= curve.lowest && $0.psnr <= curve.highest }.map {
      ($0.bitsPerSample, exponential(curve($0.psnr)))
    }
  }

  /// Bytes of a compact stream beside its symbols.
  private static let overhead = 48.0

  @Test("white noise takes no more than PCA at any quality, but for a header and some percent")
  func whiteNoise() throws {
    let model = try Models.fit(try noise(300, width: 6, seed: 21), epochs: 10)
    let rates = try rates(try noise(400, width: 6, seed: 22), model)
    #expect(rates.count >= 5)
    for (bits, pca) in rates { #expect(bits <= 1.04 * pca + 8 * Self.overhead / 400) }
  }

  @Test("samples of another kind than those that were fitted take no more than PCA")
  func otherSamples() throws {
    let rates = try rates(try noise(400, width: 12, seed: 23, scale: 10), try Models.bumps.get())
    #expect(rates.count >= 3)
    for (bits, pca) in rates { #expect(bits <= 1.05 * pca + 8 * Self.overhead / 400) }
  }

  @Test("such a stream says so, has no quality, and decodes in chunks as in one")
  func setting() throws {
    let model = try Models.bumps.get()
    let array = try noise(100, width: 12, seed: 24, scale: 10)
    let stream = try codec.stream(array, model, quality: 20)
    let summary = try #require(try codec.verify(MemorySource(stream), name: "x").first)
    #expect(summary.quality == nil)
    guard case .compact(let compact)? = try StreamReader(MemorySource(stream)).next() else {
      Issue.record("the stream is not compact")
      return
    }
    let setting = try StreamMetadata.compact(compact.content, name: "x").details.setting
    guard case .linear(let step) = setting else {
      Issue.record("PCA was not chosen: \(setting)")
      return
    }
    #expect(step > 0 && step.bitPattern & 0xFFFF == 0)
    let chunked = try codec.stream(array, model, quality: 20, chunkRows: 30)
    let decoded = try SampleArray(file: try codec.file(chunked, model))
    #expect(decoded.rows == 100)
  }

  @Test("samples like those that were fitted are coded by the model's own point")
  func sameKind() throws {
    let stream = try codec.stream(try Models.bumpRows(100, seed: 25), try Models.bumps.get(), quality: 50)
    #expect(try codec.verify(MemorySource(stream), name: "x").first?.quality == 50)
  }

  @Test("a model without a baseline refuses such a stream")
  func noBaseline() throws {
    let model = try Models.bumps.get()
    let stream = try codec.stream(try noise(100, width: 12, seed: 26, scale: 10), model, quality: 20)
    var bare = model.model
    bare.baseline = nil
    let other = FittedModel(bare, notes: model.notes)
    #expect(throws: CodecError.self) { try codec.file(stream, other) }
    let details = StreamMetadata(
      setting: .linear(step: 0.5), model: Digest(of: []), chunkRows: 1, rows: 1,
      description: try SampleArray([1], shape: []).reader.description)
    #expect(details.coding(in: bare) == nil && details.coding(in: model.model) != nil)
    #expect(
      StreamMetadata(
        setting: .linear(step: .nan), model: Digest(of: []), chunkRows: 1, rows: 1,
        description: details.description
      ).coding(in: model.model) == nil)
  }
}
