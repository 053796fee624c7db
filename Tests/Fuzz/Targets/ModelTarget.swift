@testable import ByteIO
@testable import Records
@testable import VAECodec
@testable import VAEModel

/// The content of a model's file, in a file whose fingerprint is right.
///
/// What can be read is used for all that models are used for: it makes wrong numbers at the worst, and a lossless stream
/// keeps its promise all the same.
enum ModelTarget: FuzzTarget {
  static let name = "model"

  /// The file of a model with this content, of the version that it needs.
  static func file(_ content: ArraySlice<UInt8>) -> [UInt8] {
    let first = file(content, version: 1)
    do throws(CodecError) {
      _ = try FittedModel(bytes: first, name: "model", memory: memory)
      return first
    } catch .damagedModel(_, let reason) where reason.contains("version") {
      return file(content, version: FittedModel.version)
    } catch {
      return first
    }
  }

  private static func file(_ content: ArraySlice<UInt8>, version: UInt8) -> [UInt8] {
    var w = ByteWriter()
    w.append(FittedModel.magic)
    w.append(version)
    w.append([0, 0, 0])
    w.append(Fingerprint.of(Array(content)))
    w.append(ZstdFrame.compress(Array(content), level: 1, checksum: true))
    return w.bytes
  }

  /// The content of a model's file.
  static func content(_ file: [UInt8]) throws -> [UInt8] {
    try ZstdFrame.decompress(file.dropFirst(16), limit: 1 << 24)
  }

  private static let memory = MemoryLimit(bytes: 1 << 28)

  static func run(_ input: [UInt8]) throws {
    guard let model = try? FittedModel(bytes: file(input[...]), name: "model", memory: memory) else { return }
    let again = model.model.encode()
    let copy: FittedModel
    do {
      copy = try FittedModel(bytes: file(again[...]), name: "copy")
    } catch {
      throw BrokenPromise("a model that was read and written cannot be read: \(error)")
    }
    try BrokenPromise.unless(copy.model.encode() == again, "a model that was read twice differs")
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
    try ["bumps", "bytes", "front", "pairs", "textbook"].map { try content(FixtureFiles.golden($0 + ".vae")) }
  }
}
