import ByteIO
import Container
import Records
import Transform

/// Encodes samples into a stream. It holds what all streams of one input share, at every quality.
struct StreamEncoder {
  let codec: Codec
  let model: FittedModel
  /// The input in messages.
  let name: String
  /// The description of the samples; `rows` is set if it is known before the last row is read.
  var description: SampleDescription
  /// The number of rows of all samples, if known; for text, the description knows it only at the end.
  var rows: Int?
  /// Some of the rows, from all chunks; nil if the first chunk must do.
  var sample: SampleBatch?
  /// The maximum number of rows in a chunk.
  var chunkRows: Int
  /// The effort of the encoder's search.
  let effort: Effort
  /// Whether chunks are so large that they are coded one after another.
  var isSolid = false
  /// What codes the samples at every quality; nil if the quality decides.
  var rung: Rung?
  /// What codes the samples at each quality; nil for the model's operating points alone.
  var rungs: QualityRungs?
  /// The units of errors, and the peak of PSNR.
  var scale: ErrorScale
  /// The units of bounds.
  var units: BoundUnits
  /// The models that may be written before the stream; nil if none is.
  var carriedModels: CarriedModels?
  /// Whether the samples fit in one chunk, so that the stream is compact.
  var hasSingleChunk = false
  /// The chunks' text, which all trials share.
  var texts = TextSections()
  /// Whether other streams of the same samples will be written.
  var keepsTexts = false

  /// A setting, and the error bound that corrections of its values meet; nil for none.
  typealias Rung = (errorBound: ErrorBound?, setting: StreamMetadata.Setting)

  /// What codes the samples at a quality.
  func rung(quality: Int) -> Rung { rung ?? rungs?.rung(quality: quality) ?? (nil, .quality(quality)) }

  /// The outcome of writing a stream.
  struct Result {
    var samples = 0
    var rawBytes = 0
    var streamBytes = 0
    /// Of these, the bytes of the embedded model and of the header's content in a stream of chunks.
    var headerBytes = 0
    /// Of them, those of the text of a table's rows.
    var textBytes = 0
    /// What coded the samples; nil before any has been.
    var coding: EncodeReport.Coding?
    /// Of them, those of the model before it.
    var modelBytes = 0
    var clippedValues = 0
    var nonFiniteValues = 0
    /// The distortion of the samples as they will be decoded; zero if it was not measured.
    var distortion: Distortion
    /// Of the samples, chunk by chunk.
    var digest: Digest?
  }

  /// Returns the next chunk of some samples; nil at their end.
  typealias Source = () throws(CodecError) -> SampleChunk?

  /// The metadata of a stream of this input.
  func details(quality: Int, record: TargetRecord?) -> StreamMetadata {
    let (errorBound, setting) = rung(quality: quality)
    var description = description
    // Numbers are printed in full, because rounding to decimals would add to the error. Exact ones keep their decimals.
    if let errorBound, !errorBound.isLossless { description.format = description.format.withoutDecimals }
    // Where the samples of an array are no rows of it, the error is measured before its numbers are printed.
    if let array = description.array,
      errorBound == nil ? !array.layout.isSequence : errorBound?.isLossless == false
    {
      description.array?.format = array.format.withoutDecimals
    }
    return StreamMetadata(
      setting: setting, model: setting == .withoutModel ? nil : model.digest, target: record,
      errorBound: errorBound, chunkRows: chunkRows, rows: description.rows,
      description: description)
  }

  /// Writes the samples of `source` as a stream. Memory is bounded by a few chunks per thread.
  ///
  /// - Parameters:
  ///   - measuresDistortion: whether samples are compared with what a decoder will make of them.
  ///   - digests: whether the samples' digest is wanted, as it always is of a trial.
  ///   - sink: gets the whole stream; it is not finished. Nil for a trial, of which only the result is wanted.
  func run(
    _ source: Source, quality: Int, record: TargetRecord?, measuresDistortion: Bool, digests: Bool = false,
    to sink: (any ByteSink)?
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
    var plan = ChunkCodingContext(
      coding.model, at: coding.point, chunkRows: chunkRows, effort: effort,
      kernels: codec.kernels)
    if sink != nil, let progress = codec.progress {
      progress.begin(
        total: (rows ?? description.rows).map { MemoryLimit.sum(($0, description.valuesPerSample)) },
        valueBytes: description.elementType.size)
      plan.progress = progress
    }
    let codecs = ChunkCodecs(plan, details.description, details.errorBound, workers: codec.workers.count)
    let isTrial = sink == nil
    let sink = sink ?? EmptySink()
    var output = StreamOutput(sink, details, name: name)
    var result = Result(distortion: Distortion(scale))
    result.modelBytes = carried.count
    result.coding = coding
    let prefix = hasSingleChunk ? output.compactPrefix : []
    let isCompact = hasSingleChunk
    // Without a bound, numbers are rounded as their column spells them.
    let written = details.errorBound == nil ? details.description.spelled : details.description
    let (texts, keepsTexts) = (texts, keepsTexts)
    var textBytes = 0

    // A lossless stream needs no measurement.
    let decodes = measuresDistortion && details.errorBound?.isLossless != true

    /// Encodes a chunk.
    @Sendable func code(_ worker: Int, _ chunk: SampleChunk) -> Coded {
      var (text, textBytes): ([UInt8], Int) = ([], 0)
      if let own = chunk.batch.text {
        func encode() -> [UInt8] { codecs.text(of: chunk.batch, worker: worker) }
        if isTrial {
          textBytes = texts.size(of: own, encode: encode)
        } else {
          text = texts.section(of: own, isLast: !keepsTexts, encode: encode)
          textBytes = text.count
        }
      }
      let encoded = codecs.encode(chunk.batch, after: prefix, text: text, decodes: decodes, worker: worker)
      var coded = Coded(chunk, encoded.frame)
      coded.textBytes = textBytes
      if isTrial || digests { coded.digest = chunk.batch.digest }
      if decodes, let decoded = encoded.decoded { coded.compared = (chunk.batch, decoded) }
      return coded
    }

    do throws(ByteIOError) {
      try sink.write(carried)
    } catch {
      throw .stream(.bytes(error), name: name)
    }
    try ChunkPipeline(threads: hasSingleChunk || isSolid ? 1 : codec.workers.count).run(
      next: source, work: code
    ) {
      (coded) throws(CodecError) in
      if isCompact {
        try output.write(only: coded.frame)
      } else {
        try output.write(coded.frame)
      }
      if let digest = coded.digest { result.digest = digest.after(result.digest) }
      textBytes += coded.textBytes
      let first = result.samples
      result.samples += coded.rows
      result.rawBytes += coded.rawBytes
      result.clippedValues += coded.clipped
      result.nonFiniteValues += coded.nonFinite
      // In row order, on this thread: sums must not depend on how the rows are divided into chunks.
      if let (batch, decoded) = coded.compared {
        result.distortion.add(batch, decoded, as: written, from: first)
      }
    }
    result.streamBytes = try output.finish() + carried.count + (isTrial ? textBytes : 0)
    result.textBytes = textBytes
    result.headerBytes = output.headerSize + carried.count
    return result
  }

  /// The rung among several that makes the smallest stream.
  ///
  /// - Parameter source: returns the samples each time it is called.
  func smallest(
    _ rungs: [Rung], source: () throws(CodecError) -> Source
  ) throws(CodecError) -> Rung? {
    var best: (rung: Rung, bytes: Int)?
    for rung in rungs {
      var pass = self
      pass.rung = rung
      let result = try pass.run(
        try source(), quality: 0, record: nil, measuresDistortion: false, to: nil)
      if result.streamBytes < best?.bytes ?? .max { best = (rung, result.streamBytes) }
    }
    return best?.rung
  }

  /// An encoded chunk.
  private struct Coded: Sendable {
    var frame: [UInt8]
    var rows: Int
    var rawBytes: Int
    var clipped: Int
    var nonFinite: Int
    /// Of the samples, and of their text.
    var digest: Digest?
    /// What the text would add to a trial's frame.
    var textBytes = 0
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

extension SampleBatch {
  /// Of the numbers, and of their text.
  fileprivate var digest: Digest {
    let numbers = Digest(of: bytes)
    return text.map { Digest(of: $0.bytes).after(numbers) } ?? numbers
  }
}

/// A sink for what only its size is wanted of.
final class EmptySink: ByteSink {
  func write(_ bytes: UnsafeRawBufferPointer) {}
  func finish() {}
}
