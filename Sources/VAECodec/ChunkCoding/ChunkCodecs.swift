import ByteIO
import EntropyCoding
import Records
import Tensor

/// One ``ChunkCodec`` a worker, over one plan.
final class ChunkCodecs: Sendable {
  private let plan: ChunkCodingContext
  private let description: SampleDescription
  private let errorBound: ErrorBound?
  private let rans: (encoder: RANSEncoder, decoder: RANSDecoder)
  private let memory: MemoryLimit
  /// How many chunks are worked on at once.
  let workers: Int
  // Each worker has a place of its own, and is at work on one chunk at a time: see `ChunkPipeline`.
  private let codecs: Slots<ChunkCodec>

  /// - Parameters:
  ///   - description: of decoded samples.
  ///   - guarantee: what is promised of them.
  ///   - workers: how many chunks are worked on at once.
  ///   - memory: how much what is decoded of a chunk may take.
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

  /// For decoding, with as many workers as memory is allowed for, at most `most`.
  convenience init(
    _ plan: ChunkCodingContext, _ description: SampleDescription, _ errorBound: ErrorBound?,
    decodingWith most: Int,
    memory: MemoryLimit
  ) {
    let bytes = MemoryLimit.sum(
      (plan.decodingBytes(rows: plan.chunkRows, elementSize: description.elementType.size), 1),
      (plan.model.workingBytes(rows: min(ChunkCodec.blockRows, plan.chunkRows)), 1))
    // A chunk more than there are workers is under way.
    let workers = most > 1 ? memory.times(bytes, most: most + 1) - 1 : 1
    self.init(plan, description, errorBound, workers: max(1, workers), memory: memory)
  }

  /// Multiplications with an addition that decoding a row takes, about.
  var operationsOfRow: Int {
    let corrections = errorBound == nil ? 0 : description.valuesPerSample * Self.operationsOfCorrection
    return plan.model.decodingOperations(at: plan.point) + corrections
  }

  /// About a microsecond, for what is mixed from many contexts.
  private static let operationsOfCorrection = 1 << 12

  /// The codec of a worker, made when it is first needed.
  private func codec(_ worker: Int) -> ChunkCodec {
    if let codec = codecs[worker] { return codec }
    let codec = ChunkCodec(plan, description, errorBound, rans: rans, memory: memory)
    codecs[worker] = codec
    return codec
  }

  /// A chunk as a frame, whose content begins with `prefix`; and as a decoder gives it back, where that is wanted.
  func encode(
    _ batch: SampleBatch, after prefix: [UInt8] = [], decodes: Bool = false, worker: Int
  ) -> ChunkCodec.Encoded {
    codec(worker).encode(batch, after: prefix, decodes: decodes)
  }

  /// Bytes of the frame of a chunk that nobody will decode.
  func bytesOfTrial(_ batch: SampleBatch, worker: Int) -> Int {
    codec(worker).encode(batch, isTrial: true).frame.count
  }

  /// Bits of the symbols of each row.
  func rowBits(of batch: SampleBatch, worker: Int) -> [Double] { codec(worker).rowBits(of: batch) }

  /// The samples of a frame.
  func decode(_ frame: [UInt8], worker: Int) throws(ChunkError) -> SampleBatch {
    try codec(worker).decode(frame)
  }

  /// The samples of the content of a frame.
  func decode(content: ArraySlice<UInt8>, worker: Int) throws(ChunkError) -> SampleBatch {
    try codec(worker).decode(content: content)
  }
}
