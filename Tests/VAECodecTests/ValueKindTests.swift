import ByteIO
import Records
import Tensor
import Testing

@testable import VAECodec

@Suite("Booleans, complex numbers and times")
struct ValueKindTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  private func array(_ name: String, _ shape: [Int], _ batch: SampleBatch) throws -> SampleArray {
    let type = try #require(ValueType(named: name))
    return SampleArray(
      try SampleDescription(
        type: type, sampleShape: type.shapeOfNumbers(shape), format: .npy(version: 1, bigEndian: false)),
      batch)
  }

  /// 300 rows of 4 values.
  private func example(_ name: String) throws -> SampleArray {
    var random = RandomSource(seed: 80)
    let type = try #require(ValueType(named: name))
    let values = 1200
    let batch: SampleBatch
    switch type.kind {
    case .boolean:
      batch = SampleBatch(
        bits: (0..<values).map { _ in random.next() % 5 == 0 ? 1 : 0 }, elementType: .u1, valuesPerSample: 4)
    case .complex:
      let numbers = (0..<2 * values).map { Double($0 % 8) + Double(random.normal()) * 0.1 }
      batch = SampleBatch(doubles: numbers, elementType: type.elementType, valuesPerSample: 8)
    default:
      batch = SampleBatch(
        bits: (0..<UInt64(values)).map {
          $0 % 50 == 7 ? 1 << 63 : 1_700_000_000_000_000_000 + $0 * 1000 + random.next() % 90
        }, elementType: .i8, valuesPerSample: 4)
    }
    return try array(name, [4], batch)
  }

  private func coded(
    _ array: SampleArray, _ model: FittedModel, _ options: EncodeOptions
  ) throws -> (report: EncodeReport, decoded: SampleArray) {
    let sink = MemorySink()
    var options = options
    options.measuresDistortion = true
    let report = try codec.encode(array.reader, name: "data", model: model, options: options, to: sink)
    return (report, try SampleArray(file: codec.file(sink.bytes, model)))
  }

  @Test(
    "They come back as what they are, at every quality", arguments: ["b1", "c8", "c16", "M8[ns]", "m8[D]"])
  func qualities(name: String) throws {
    let array = try example(name)
    let fit = try codec.fit([("data", array.reader)], options: Models.options(epochs: 1))
    let model = try FittedModel(bytes: fit.model.bytes, name: "model")
    #expect(model.summary.type.name == name)
    #expect(try coded(array, model, EncodeOptions(errorBound: .lossless)).decoded == array)
    for options in [
      EncodeOptions(target: .quality(30)), EncodeOptions(errorBound: .maxError(2)),
      EncodeOptions(errorBound: .maxError(0.4)),
    ] {
      let (report, decoded) = try coded(array, model, options)
      #expect(decoded.description == array.description)
      #expect(report.distortion?.maximum.isFinite == true)
      for (old, new) in zip(array.batch.bits(), decoded.batch.bits()) {
        if name == "b1" { #expect(new <= 1) }
        if array.description.elementType == .i8 { #expect((old == 1 << 63) == (new == 1 << 63)) }
      }
    }
  }

  @Test("New samples are of the type of those that were fitted", arguments: ["b1", "c8", "M8[ns]"])
  func samples(name: String) throws {
    let array = try example(name)
    let description = try array.description.reformatted(as: .npy)
    let model = try codec.fit([("data", array.reader)], options: Models.options(epochs: 1)).model
    #expect(try model.description(rows: 3).type == description.type)
    // Whatever a network says, a boolean is 0 or 1.
    let batch = SampleBatch(floats: [-3, 0.4, 0.6, 200], elementType: .u1, valuesPerSample: 4)
    #expect(batch.clamped(to: ValueType(named: "b1") ?? ValueType(.u1)).bytes == [0, 0, 1, 1])
  }

  @Test("Packed alone, every byte of booleans comes back, be it 0, 1 or another")
  func oddBooleans() throws {
    for bytes in [[UInt8]](arrayLiteral: [0, 1, 1, 0, 1, 0, 0, 0], [0, 1, 2, 255, 1, 0, 0, 0]) {
      let batch = SampleBatch(
        elementType: .u1, valuesPerSample: 4, bytes: [[UInt8]](repeating: bytes, count: 40).flatMap(\.self))
      let array = try array("b1", [4], batch)
      for bound in [ErrorBoundRequest.lossless, .maxError(0.3)] {
        let sink = MemorySink()
        _ = try codec.pack(
          name: "data", fitOptions: Models.options(epochs: 1), options: EncodeOptions(errorBound: bound),
          to: sink, open: { () throws(CodecError) in array.reader })
        #expect(try SampleArray(file: codec.file(sink.bytes, nil)) == array)
      }
    }
  }

  @Test("Streams of times in other units do not follow one another")
  func mixedUnits() throws {
    let sink = MemorySink()
    for name in ["M8[ns]", "M8[us]"] {
      let array = try example(name)
      _ = try codec.encodeWithoutModel(
        array.reader, name: "data", options: EncodeOptions(errorBound: .lossless), to: sink)
    }
    #expect(throws: CodecError.self) { try codec.file(sink.bytes, nil) }
  }
}
