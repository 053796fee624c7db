import ByteIO
import Records
import Tensor
import Testing

@testable import VAECodec

@Suite("Arrays of integers of 64 bits")
struct WideArrayTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  /// Rows of a time in nanoseconds, a counter, and a level that follows a walk.
  private func log(_ rows: Int, _ type: ElementType = .i8) throws -> SampleArray {
    var random = RandomSource(seed: 70)
    var level: Int64 = 0
    let first: UInt64 = 1_700_000_000_000_000_001
    let bits = (0..<UInt64(rows)).flatMap { row -> [UInt64] in
      level += Int64((random.normal() * 20).rounded())
      return [first + row * 1_000_000 + random.next() % 50, 1 << 60 + row, UInt64(bitPattern: 4000 + level)]
    }
    let description = try SampleDescription(
      elementType: type, sampleShape: [3], format: .npy(version: 1, bigEndian: false))
    return SampleArray(description, SampleBatch(bits: bits, elementType: type, valuesPerSample: 3))
  }

  private func errors(_ a: SampleArray, _ b: SampleArray) -> [UInt64] {
    zip(a.batch.ordinals(), b.batch.ordinals()).map { UInt64(bitPattern: $0 > $1 ? $0 &- $1 : $1 &- $0) }
  }

  @Test("A model sees what values differ by, and every promise is kept", arguments: [ElementType.i8, .u8])
  func model(type: ElementType) throws {
    let array = try log(400, type)
    let report = try codec.fit([("data", array.reader)], options: Models.options(epochs: 2))
    let model = report.model
    // A scale for each column, of what it spans.
    #expect(model.summary.columns.count == 3 && model.summary.columns.allSatisfy { $0.isInteger })
    #expect((model.summary.columns.first?.range ?? 0).magnitude < 4.1e8)
    func coded(_ options: EncodeOptions) throws -> (report: EncodeReport, decoded: SampleArray) {
      let sink = MemorySink()
      var options = options
      options.measuresDistortion = true
      let report = try codec.encode(array.reader, name: "data", model: model, options: options, to: sink)
      return (report, try SampleArray(file: codec.file(sink.bytes, model)))
    }
    let exact = try coded(EncodeOptions(errorBound: .lossless))
    #expect(exact.decoded == array)
    for bound: UInt64 in [0, 3, 1000] {
      let (report, decoded) = try coded(EncodeOptions(errorBound: .maxError(Double(bound))))
      let worst = errors(array, decoded).max() ?? .max
      #expect(worst <= bound)
      #expect(report.distortion?.columns.map(\.maximum).max() == Double(worst))
      #expect(report.streamBytes <= exact.report.streamBytes + 16)
    }
    let fine = try coded(EncodeOptions(target: .psnr(80)))
    #expect(fine.report.distortion?.psnr ?? 0 >= 80)
    let coarse = try coded(EncodeOptions(target: .quality(40)))
    // Less than a hundredth of what each column spans.
    for (place, error) in errors(array, coarse.decoded).enumerated() {
      #expect(Double(error) < 0.1 * model.summary.columns[place % 3].range)
    }
  }

  @Test("A counter near 2^60 packs into next to nothing")
  func counter() throws {
    let description = try SampleDescription(
      elementType: .i8, sampleShape: [], format: .npy(version: 1, bigEndian: true))
    let array = SampleArray(
      description,
      SampleBatch(bits: (0..<30_000).map { 1 << 60 + $0 }, elementType: .i8, valuesPerSample: 1))
    let sink = MemorySink()
    _ = try codec.pack(
      name: "data", fitOptions: Models.options(epochs: 1), to: sink,
      open: { () throws(CodecError) in array.reader })
    #expect(sink.bytes.count < 250)
    #expect(try SampleArray(file: codec.file(sink.bytes, nil)) == array)
  }

  @Test("Errors are exact at both ends of the types")
  func distortion() throws {
    let description = try SampleDescription(elementType: .i8, sampleShape: [], format: .raw)
    var distortion = Distortion()
    func batch(_ values: [Int64]) -> SampleBatch {
      SampleBatch(ordinals: values, elementType: .i8, valuesPerSample: 1)
    }
    distortion.add(
      batch([.min + 1, .max, .max - 7, .min]), batch([.min + 4, .max - 2, .max - 7, .min]), as: description)
    #expect(distortion.maximum == 3 && distortion.count == 3)
    distortion.add(batch([.min]), batch([0]), as: description)
    #expect(distortion.maximum == .infinity)
  }

  @Test("Files of several types are fitted together")
  func mixed() throws {
    let array = try log(100)
    let small = try SampleArray((0..<300).map { Double($0 % 7) }, shape: [3], type: .i2)
    for inputs in [[array, small], [small, array]] {
      let report = try codec.fit(
        inputs.map { ("data", $0.reader) }, options: Models.options(epochs: 1))
      let sink = MemorySink()
      _ = try codec.encode(
        array.reader, name: "data", model: report.model, options: EncodeOptions(errorBound: .lossless),
        to: sink)
      #expect(try SampleArray(file: codec.file(sink.bytes, report.model)) == array)
    }
  }
}
