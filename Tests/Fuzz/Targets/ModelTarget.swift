@testable import ByteIO
@testable import Records
@testable import VAECodec
@testable import VAEModel

/// The content of a model's file. The first two bytes say how long the part for decoders is; the rest is for encoders.
///
/// What can be read is used for all that models are used for: it makes wrong numbers at the worst, and a lossless stream
/// keeps its promise all the same.
enum ModelTarget: FuzzTarget {
  static let name = "model"

  /// The file of a model with these parts.
  static func file(_ parts: [UInt8]...) -> [UInt8] {
    var w = ByteWriter()
    w.append(ModelFile.magic)
    w.append(ModelFile.version)
    for part in parts { w.append(ZstdFrame.compress(part, level: 1, checksum: true)) }
    return w.bytes
  }

  private static let memory = MemoryLimit(bytes: 1 << 28)

  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let decoder = Array(choices.take(Int(choices.number(bytes: 2))))
    let bytes = file(decoder, Array(choices.rest))
    guard let model = try? FittedModel(bytes: bytes, name: "model", memory: memory) else { return }
    let again = ModelFile(model.model).bytes
    let copy: FittedModel
    do {
      copy = try FittedModel(bytes: again, name: "copy")
    } catch {
      throw BrokenPromise("a model that was read and written cannot be read: \(error)")
    }
    try BrokenPromise.unless(ModelFile(copy.model).bytes == again, "a model that was read twice differs")
    guard model.summary.valuesPerSample <= 256, model.summary.parameters <= 1 << 16 else { return }
    try use(model, quality: Double(input.last ?? 0).truncatingRemainder(dividingBy: 101))
  }

  private static func use(_ model: FittedModel, quality: Double) throws {
    let codec = try Codec(threads: 1)
    let summary = model.summary
    let rows = 3
    let samples = SampleBatch(
      doubles: (0..<rows * summary.valuesPerSample).map { Double($0 * 37 % 101) },
      elementType: summary.elementType,
      valuesPerSample: summary.valuesPerSample)
    let description = try SampleDescription(
      elementType: summary.elementType, sampleShape: summary.sampleShape,
      format: .npy(version: 1, bigEndian: false), rows: rows)
    guard let file = try SampleReading.write(description, samples.bytes) else { return }
    for errorBound in [nil, ErrorBoundRequest.lossless] {
      let sink = MemorySink()
      do {
        _ = try codec.encode(
          SampleInput.open(MemorySource(file), name: "data"), name: "data", model: model,
          options: EncodeOptions(target: .quality(quality), errorBound: errorBound, effort: Int(quality) % 7),
          to: sink)
      } catch is CodecError {
        continue
      }
      let decoded = MemorySink()
      do {
        _ = try codec.decode(MemorySource(sink.bytes), name: "stream", model: model) {
          (description) throws(CodecError) in try makeWriter(description, decoded)
        }
      } catch {
        throw BrokenPromise("a stream made with the model cannot be decoded: \(error)")
      }
      try BrokenPromise.unless(
        errorBound == nil || decoded.bytes == file, "a lossless stream has lost something")
    }
    _ = try? codec.sample(2, from: model, name: "model", quality: quality) {
      (description) throws(CodecError) in
      try makeWriter(description, MemorySink())
    }
    let latents = MemorySink()
    guard
      let reader = try? SampleInput.open(MemorySource(file), name: "data"),
      (try? codec.embed(reader, name: "data", model: model) { (description) throws(CodecError) in
        try makeWriter(description, latents)
      }) != nil, let back = try? SampleInput.open(MemorySource(latents.bytes), name: "latents")
    else { return }
    _ = try? codec.invert(back, name: "latents", model: model) { (description) throws(CodecError) in
      try makeWriter(description, MemorySink())
    }
  }

  static func makeWriter(
    _ description: SampleDescription, _ sink: MemorySink
  ) throws(CodecError) -> any SampleWriter {
    do throws(SampleIOError) {
      return try SampleOutput.make(description, to: sink)
    } catch {
      throw .samples(error)
    }
  }

  static func seeds() throws -> [[UInt8]] {
    try ["bumps", "bytes", "front", "pairs", "textbook"].map {
      let model = try FixtureFiles.model($0).model
      let decoder = model.encodeDecoder()
      return [UInt8(decoder.count & 0xFF), UInt8(decoder.count >> 8)] + decoder + model.encodeEncoder()
    }
  }
}
