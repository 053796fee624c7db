import ByteIO
import Container
import Records
import Transform

/// What the streams of one input share at every quality, and the way of its samples into one.
struct StreamEncoder {
  let codec: Codec
  let model: FittedModel
  /// The input in messages.
  let name: String
  /// What the samples are; `rows` where it is known before the last of them has been read.
  var description: SampleDescription
  /// Rows of all samples where that is known; of text, the description says it late.
  var rows: Int?
  /// Some of the rows, from all chunks; nil where the first chunk has to do.
  var sample: SampleBatch?
  /// The most rows of a chunk.
  var chunkRows: Int
  /// How much work goes into choices.
  let effort: Effort
  /// Whether PCA does better than the model's points; nil where it is not asked.
  var alternative: PCAFallback?
  /// What is promised of every value at every quality; nil where the quality decides.
  var errorBound: Bound?
  /// What is promised at the qualities above the model's points; nil where there are none.
  var fineQualities: FineQualities?
  /// What errors are measured in, and PSNR against.
  var scale: ErrorScale
  /// What bounds are in.
  var units: BoundUnits
  /// The models that may be written before the stream; nil where none is.
  var carriedModels: CarriedModels?
  /// Whether the samples are one chunk, so that the stream is compact.
  var hasSingleChunk = false

  /// What is promised of every value, and the setting that keeps it in the fewest bits.
  typealias Bound = (errorBound: ErrorBound, setting: StreamMetadata.Setting)

  /// What is promised at a quality.
  func bound(quality: Int) -> Bound? { errorBound ?? fineQualities?.bound(quality: quality) }

  /// What a pass gave.
  struct Result {
    var samples = 0
    var rawBytes = 0
    var streamBytes = 0
    /// Of them, what the header of a stream in chunks says.
    var headerBytes = 0
    /// Of them, those of the model before it.
    var modelBytes = 0
    var clippedValues = 0
    var nonFiniteValues = 0
    /// Of the samples as they will be decoded; that of exact ones where nobody asked for it.
    var distortion: Distortion
    /// A number that streams with other chunks hardly share.
    var digest: UInt64 = 0
  }

  /// The next chunk of some samples; nil at their end.
  typealias Source = () throws(CodecError) -> SampleChunk?

  /// The header of a stream of this input.
  func details(quality: Int, record: TargetRecord?) -> StreamMetadata {
    let bound = bound(quality: quality)
    var description = description
    // Numbers are printed in full: rounding them to decimals would add to the error. Exact ones have their decimals.
    if let bound, !bound.errorBound.isLossless { description.format = description.format.withoutDecimals }
    let setting = bound?.setting ?? alternative?.setting(quality: quality) ?? .quality(quality)
    return StreamMetadata(
      setting: setting, model: setting == .withoutModel ? nil : model.digest, target: record,
      errorBound: bound?.errorBound, chunkRows: chunkRows, rows: description.rows,
      description: description)
  }

  /// Writes the samples of `source` as a stream. Memory is bounded by a few chunks for each thread.
  ///
  /// - Parameters:
  ///   - measuresDistortion: whether samples are compared with what a decoder will make of them.
  ///   - sink: gets the whole stream; it is not finished.
  func run(
    _ source: Source, quality: Int, record: TargetRecord?, measuresDistortion: Bool, to sink: any ByteSink
  ) throws(CodecError) -> Result {
    var details = details(quality: quality, record: record)
    guard var coding = details.coding(in: model.model) else {
      throw .damagedModel(name: model.fingerprint, reason: "it lacks a layer that its quality needs")
    }
    var carried: [UInt8] = []
    if let carriedModels, details.model != nil {
      let served = carriedModels.serving(coding, kernels: codec.kernels)
      coding = (served.file.model, served.point)
      (details.model, details.setting) = (served.file.digest, .point(served.point))
      carried = EmbeddedModel.frame(served.file.bytes)
    }
    let plan = ChunkCodingContext(
      coding.model, at: coding.point, chunkRows: chunkRows, effort: effort,
      kernels: codec.kernels)
    let codecs = ChunkCodecs(plan, details.description, details.errorBound, workers: codec.workers.count)
    var output = StreamOutput(sink, details, name: name)
    var result = Result(distortion: Distortion(scale))
    result.modelBytes = carried.count
    result.headerBytes = details.encode().count + carried.count
    let prefix = hasSingleChunk ? output.compactPrefix : []
    let isCompact = hasSingleChunk
    let written = details.description

    // What is promised to the bit needs no look.
    let decodes = measuresDistortion && details.errorBound?.isLossless != true

    /// What became of a chunk.
    @Sendable func code(_ worker: Int, _ chunk: SampleChunk) -> Coded {
      let encoded = codecs.encode(chunk.batch, after: prefix, decodes: decodes, worker: worker)
      var coded = Coded(chunk, encoded.frame)
      if decodes, let decoded = encoded.decoded { coded.compared = (chunk.batch, decoded) }
      return coded
    }

    do throws(ByteIOError) {
      try sink.write(carried)
    } catch {
      throw .stream(.bytes(error), name: name)
    }
    try ChunkPipeline(threads: hasSingleChunk ? 1 : codec.workers.count).run(next: source, work: code) {
      (coded) throws(CodecError) in
      if isCompact {
        try output.write(only: coded.frame)
      } else {
        try output.write(coded.frame)
        result.digest = result.digest &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(Checksum.crc32(coded.frame))
      }
      result.samples += coded.rows
      result.rawBytes += coded.rawBytes
      result.clippedValues += coded.clipped
      result.nonFiniteValues += coded.nonFinite
      // In the order of rows, on this thread: sums do not depend on how the rows are cut into chunks.
      if let (batch, decoded) = coded.compared { result.distortion.add(batch, decoded, as: written) }
    }
    result.streamBytes = try output.finish() + carried.count
    return result
  }

  /// The bound among several with which a stream takes the fewest bytes.
  ///
  /// - Parameter source: gives the samples, as often as it is called.
  func smallest(
    _ bounds: [Bound], source: () throws(CodecError) -> Source
  ) throws(CodecError) -> Bound? {
    var best: (bound: Bound, bytes: Int)?
    for bound in bounds {
      var pass = self
      pass.errorBound = bound
      let result = try pass.run(
        try source(), quality: 0, record: nil, measuresDistortion: false, to: EmptySink())
      if result.streamBytes < best?.bytes ?? .max { best = (bound, result.streamBytes) }
    }
    return best?.bound
  }

  /// A chunk that has been encoded.
  private struct Coded: Sendable {
    var frame: [UInt8]
    var rows: Int
    var rawBytes: Int
    var clipped: Int
    var nonFinite: Int
    /// The samples and what a decoder makes of them, where their difference is asked for.
    var compared: (SampleBatch, SampleBatch)?

    init(_ chunk: SampleChunk, _ frame: [UInt8]) {
      self.frame = frame
      rows = chunk.rows
      rawBytes = chunk.batch.bytes.count
      clipped = chunk.clipped
      nonFinite = chunk.nonFinite
    }
  }
}

/// A sink for what only its size is wanted of.
final class EmptySink: ByteSink {
  func write(_ bytes: UnsafeRawBufferPointer) {}
  func finish() {}
}
