import ByteIO
import EntropyCoding
import Records
import Tensor

/// One ``ChunkCodec`` per worker, with a common context.
final class ChunkCodecs: Sendable {
  private let plan: ChunkCodingContext
  private let description: SampleDescription
  private let errorBound: ErrorBound?
  private let rans: (encoder: RANSEncoder, decoder: RANSDecoder)
  private let memory: MemoryLimit
  /// The number of chunks processed at once.
  let workers: Int
  // Each worker has its own slot and processes one chunk at a time; see `ChunkPipeline`.
  private let codecs: Slots<ChunkCodec>

  /// - Parameters:
  ///   - description: the description of decoded samples.
  ///   - errorBound: their error bound; nil if there is none.
  ///   - workers: the number of chunks processed at once.
  ///   - memory: the limit for what is decoded from a chunk.
  init(
    _ plan: ChunkCodingContext, _ description: SampleDescription, _ errorBound: ErrorBound? = nil,
    workers: Int,
    memory: MemoryLimit = MemoryLimit(bytes: .max)
  ) {
    self.memory = memory
    self.workers = workers
    self.plan = plan
    self.description = description
    self.errorBound = errorBound
    rans = (RANSEncoder(plan.tables), RANSDecoder(plan.tables))
    codecs = Slots(count: workers)
  }

  /// For decoding, with as many workers as the memory limit allows, at most `most`.
  convenience init(
    _ plan: ChunkCodingContext, _ description: SampleDescription, _ errorBound: ErrorBound?,
    decodingWith most: Int,
    memory: MemoryLimit
  ) {
    let bytes = MemoryLimit.sum(
      (plan.decodingBytes(rows: plan.chunkRows, description, isCorrected: errorBound != nil), 1),
      (plan.model.workingBytes(rows: min(ChunkCodec.blockRows, plan.chunkRows)), 1))
    // One more chunk is in flight than there are workers.
    let workers = most > 1 ? memory.times(bytes, most: most + 1) - 1 : 1
    self.init(plan, description, errorBound, workers: max(1, workers), memory: memory)
  }

  /// The approximate number of multiply-adds for decoding a row.
  var operationsOfRow: Int {
    // The coder on the grid asks more of a value than that of wide integers.
    let onGrid = plan.model.isEmpty || !description.elementType.isWide
    let ofValue = Self.operationsOfCorrection * (onGrid ? 4 : 1)
    let corrections = errorBound == nil ? 0 : MemoryLimit.sum((description.valuesPerSample, ofValue))
    return plan.model.decodingOperations(at: plan.point) + corrections
  }

  /// The equivalent of about a microsecond, for mixing the predictions of many contexts.
  private static let operationsOfCorrection = 1 << 12

  /// The codec of a worker, created on first use.
  private func codec(_ worker: Int) -> ChunkCodec {
    if let codec = codecs[worker] { return codec }
    let codec = ChunkCodec(plan, description, errorBound, rans: rans, memory: memory)
    codecs[worker] = codec
    return codec
  }

  /// Encodes a chunk into a frame, whose content starts with `prefix`; and decodes it if requested.
  func encode(
    _ batch: SampleBatch, after prefix: [UInt8] = [], text: [UInt8] = [], decodes: Bool = false,
    worker: Int
  ) -> ChunkCodec.Encoded {
    let codec = codec(worker)
    let encoded = codec.encode(batch, after: prefix, text: text, decodes: decodes)
    finish(batch, codec)
    return encoded
  }

  /// Reports what the coder of a chunk has not reported of its values.
  private func finish(_ batch: SampleBatch, _ codec: ChunkCodec) {
    plan.progress?.add(batch.valueCount - codec.takeReported())
  }

  /// What a frame says of the text of a chunk.
  func text(of batch: SampleBatch, worker: Int) -> [UInt8] { codec(worker).text(of: batch) }

  /// Bytes of the frame of a chunk that nobody will decode.
  func bytesOfTrial(_ batch: SampleBatch, worker: Int) -> Int {
    codec(worker).encode(batch, isTrial: true).frame.count
  }

  /// The bits of each row's symbols.
  func rowBits(of batch: SampleBatch, worker: Int) -> [Double] { codec(worker).rowBits(of: batch) }

  /// The bits of each row's symbols, and what they decode to.
  func rowCosts(of batch: SampleBatch, worker: Int) -> (bits: [Double], decoded: SampleBatch) {
    let codec = codec(worker)
    return (codec.rowBits(of: batch), codec.reconstruction())
  }

  /// Decodes a frame.
  func decode(_ frame: [UInt8], worker: Int) throws(ChunkError) -> SampleBatch {
    let codec = codec(worker)
    let batch = try codec.decode(frame)
    finish(batch, codec)
    return batch
  }

  /// Decodes the content of a frame.
  func decode(content: ArraySlice<UInt8>, worker: Int) throws(ChunkError) -> SampleBatch {
    let codec = codec(worker)
    let batch = try codec.decode(content: content)
    finish(batch, codec)
    return batch
  }
}
