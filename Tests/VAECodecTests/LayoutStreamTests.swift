import ByteIO
import Records
import Tensor
import Testing

@testable import VAECodec

@Suite("Layouts in streams")
struct LayoutStreamTests {
  private let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  /// A cube of spectra: 12 x 14 places, 10 values each.
  private static func cube() throws -> SampleArray {
    try SampleArray(TestData.spectra(12 * 14, width: 10, seed: 91), shape: [14, 10])
  }

  private func fit(_ array: SampleArray, _ rule: LayoutRule) throws -> FittedModel {
    let reader = try LayoutReader(array.reader, rule, name: "data", memory: .standard)
    return try codec.fit([("data", reader)], options: Models.options(epochs: 2)).model
  }

  private func encode(
    _ array: SampleArray, _ model: FittedModel, _ options: EncodeOptions
  ) throws -> (report: EncodeReport, bytes: [UInt8]) {
    let sink = MemorySink()
    let report = try codec.encode(array.reader, name: "data", model: model, options: options, to: sink)
    return (report, sink.bytes)
  }

  /// The part of an array that slices give, and the report.
  private func part(
    _ bytes: [UInt8], _ model: FittedModel, _ slices: String, memory: MemoryLimit = .standard
  ) throws -> (SampleArray, DecodeReport) {
    let sink = MemorySink()
    let limited = Codec(codec, memory: memory)
    let report = try limited.decode(
      MemoryStore(bytes), name: "x", model: model, slices: try #require(AxisSlices(slices))
    ) { (description) throws(CodecError) in
      do throws(SampleIOError) {
        return try SampleOutput.make(description, to: sink)
      } catch {
        throw .samples(error)
      }
    }
    return (try SampleArray(file: sink.bytes), report)
  }

  @Test("a part of an array needs the chunks that it lies in, and no others")
  func chunks() throws {
    let array = try Self.cube()
    let model = try fit(array, .axes([0, 1]))
    #expect(model.layout == .axes([0, 1]) && model.summary.sampleShape == [10])
    let (_, bytes) = try encode(array, model, EncodeOptions(errorBound: .lossless, chunkRows: 14))
    let (few, fewReport) = try part(bytes, model, "3:5")
    let (all, allReport) = try part(bytes, model, ":")
    #expect(all == array && few == array.rows(3..<5))
    #expect(fewReport.streamBytes < allReport.streamBytes / 2)
    #expect(fewReport.samples == 2)
    let (none, _) = try part(bytes, model, "5:5")
    #expect(none.rows == 0)
    #expect(throws: CodecError.self) { try part(bytes, model, ":,3:3") }
    #expect(throws: CodecError.self) { try part(bytes, model, ":,:,:,:") }
  }

  @Test("chunks hold whole bands where these fit, unless rows are asked for")
  func bands() throws {
    let array = try Self.cube()
    let model = try fit(array, .axes([0, 1]))
    for (asked, expected) in [(nil, 168), (20, 20)] as [(Int?, Int)] {
      let (_, bytes) = try encode(array, model, EncodeOptions(quality: 50, chunkRows: asked))
      let summary = try #require(try codec.verify(MemorySource(bytes), name: "x").first)
      #expect(summary.chunkRows == expected && summary.samples == 168)
      #expect(summary.layout == .axes([0, 1]) && summary.arrayShape == [12, 14, 10])
    }
  }

  @Test("a layout that does not fit the samples of its stream is refused")
  func damage() throws {
    let array = try SampleArray(TestData.walks(1, width: 640, seed: 92), shape: [])
    let model = try fit(array, .window(length: 16, step: 16))
    let (_, bytes) = try encode(array, model, EncodeOptions(quality: 50))
    var content = try ZstdFrame.decompress(bytes[...], limit: 1 << 20)
    // The length of the first axis, 640 in two bytes, the kind of windows, and their length.
    let place = try #require((5..<60).first { Array(content[$0..<$0 + 4]) == [0x80, 0x05, 1, 16] })
    for (offset, byte) in [(0, 0x90), (1, 0x06), (2, 2), (2, 9), (3, 15), (3, 0)] as [(Int, UInt8)] {
      let good = content[place + offset]
      content[place + offset] = byte
      let damaged = ZstdFrame.compress(content, level: 1, checksum: true)
      #expect(throws: CodecError.self) { try codec.verify(MemorySource(damaged), name: "x") }
      #expect(throws: CodecError.self) { try codec.file(damaged, model) }
      content[place + offset] = good
    }
  }

  @Test("an array that must be in memory as a whole is held to the limit")
  func memory() throws {
    let array = try SampleArray(TestData.walks(64, width: 640, seed: 93), shape: [640])
    let model = try fit(array, .axes([1]))
    let (_, bytes) = try encode(array, model, EncodeOptions(quality: 50))
    let limited = Codec(codec, memory: MemoryLimit(bytes: 1 << 17))
    #expect {
      _ = try limited.encode(array.reader, name: "data", model: model, to: MemorySink())
    } throws: { ($0 as? CodecError)?.asksForMore == true }
    #expect { _ = try limited.file(bytes, model) } throws: { ($0 as? CodecError)?.asksForMore == true }
  }

  @Test("what is chosen is the layout of the data, and rows where these are samples")
  func choice() throws {
    func chosen(_ array: SampleArray, _ options: EncodeOptions = EncodeOptions()) throws -> LayoutRule? {
      try codec.chooseLayout(of: array.reader, name: "data", options: options, fitting: FitOptions()).rule
    }
    #expect(try chosen(try Self.cube()) == .axes([0, 1]))
    let spectra = TestData.spectra(300, width: 48, seed: 94)
    #expect(try chosen(try SampleArray(spectra, shape: [48])) == nil)
    var turned = [Double](repeating: 0, count: spectra.count)
    for row in 0..<300 { for place in 0..<48 { turned[place * 300 + row] = spectra[row * 48 + place] } }
    #expect(try chosen(try SampleArray(turned, shape: [300])) == .axes([1]))
    let walk = try SampleArray(TestData.walks(1, width: 4096, seed: 95), shape: [])
    guard case .window? = try chosen(walk) else {
      Issue.record("a recording is not cut into windows")
      return
    }
  }
}
