import ByteIO
import CodeStream
import SampleIO
import VAE

/// What the streams of one input share at every quality, and the way of its samples into one.
struct EncodingPass {
  let codec: Codec
  let model: FittedModel
  /// The input in messages.
  let name: String
  /// What the samples are; `rows` where it is known before the last of them has been read.
  var description: SampleDescription
  /// The most rows of a chunk.
  var chunkRows: Int
  /// How much work goes into choices.
  let effort: Effort
  /// Whether PCA does better than the model's points; nil where it is not asked.
  var alternative: LinearAlternative?
  /// Whether the samples are one chunk, so that the stream is compact.
  var hasSingleChunk = false

  /// What a pass gave.
  struct Result {
    var samples = 0
    var rawBytes = 0
    var streamBytes = 0
    /// Of them, what the header of a stream in chunks says.
    var headerBytes = 0
    var clippedValues = 0
    /// Of the samples as they will be decoded; empty where nobody asked for it.
    var distortion = Distortion()
    /// A number that streams with other chunks hardly share.
    var digest: UInt64 = 0
  }

  /// Values that are compared at once.
  private static let pieceValues = 1 << 15

  /// The next chunk of some samples; nil at their end.
  typealias Source = () throws(CodecError) -> SampleChunk?

  /// The header of a stream of this input.
  private func details(quality: Int, record: TargetRecord?) -> StreamDetails {
    StreamDetails(
      fingerprint: Fingerprint.ofStreams(model.fingerprintNumber),
      setting: alternative?.setting(quality: quality) ?? .quality(quality), target: record,
      chunkRows: chunkRows, rows: description.rows, description: description)
  }

  /// Writes the samples of `source` as a stream. Memory is bounded by a chunk for each thread.
  ///
  /// - Parameters:
  ///   - measuresDistortion: whether chunks are decoded again, and compared.
  ///   - sink: gets the whole stream; it is not finished.
  func run(
    _ source: Source, quality: Int, record: TargetRecord?, measuresDistortion: Bool, to sink: any ByteSink
  ) throws(CodecError) -> Result {
    let details = details(quality: quality, record: record)
    guard let coding = details.coding(in: model.model) else {
      preconditionFailure("an encoder asks for what its model has")
    }
    let plan = StreamPlan(
      coding.model, at: coding.point, chunkRows: chunkRows, effort: effort,
      kernels: codec.kernels)
    let codecs = ChunkCodecs(plan, workers: codec.workers)
    var output = StreamOutput(sink, details, name: name)
    var result = Result()
    result.headerBytes = details.encode().count
    var chunks: [SampleChunk] = []
    var hasEnded = false
    while !hasEnded {
      if let chunk = try source() { chunks.append(chunk) } else { hasEnded = true }
      guard chunks.count == codecs.count || hasEnded else { continue }
      let decoded: [Swift.Result<[Float], ChunkError>]
      if hasSingleChunk, let only = chunks.first {
        let prefix = output.compactPrefix
        let frame = codecs.encode(only: only.numbers, after: prefix)
        try output.write(only: frame)
        decoded = measuresDistortion ? [codecs.decode(only: try content(of: frame, after: prefix))] : []
      } else {
        let frames = codecs.encode(chunks.map(\.numbers))
        for frame in frames {
          try output.write(frame)
          result.digest = result.digest &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(Checksum.crc32(frame))
        }
        decoded = measuresDistortion ? codecs.decode(frames) : []
      }
      for chunk in chunks {
        result.samples += chunk.rows
        result.rawBytes += chunk.batch.bytes.count
        result.clippedValues += chunk.clipped
      }
      for (chunk, numbers) in zip(chunks, decoded) { try compare(chunk, numbers, &result.distortion) }
      chunks.removeAll(keepingCapacity: true)
    }
    result.streamBytes = try output.finish()
    return result
  }

  /// Adds the difference between samples and what a decoder would write of them.
  private func compare(
    _ chunk: SampleChunk, _ decoded: Swift.Result<[Float], ChunkError>, _ distortion: inout Distortion
  ) throws(CodecError) {
    let numbers: [Float]
    switch decoded {
    case .success(let found): numbers = found
    case .failure(let error): throw .chunk(error, name: name, chunk: 1)
    }
    // In pieces: as binary64 numbers, those of a whole chunk would take more than all else does.
    let (width, printer) = (description.valuesPerSample, HeldSamples([], description))
    let pieceRows = max(1, Self.pieceValues / max(1, width))
    for first in stride(from: 0, to: chunk.rows, by: pieceRows) {
      let rows = first..<min(chunk.rows, first + pieceRows)
      let batch = SampleBatch(
        floats: Array(numbers[rows.lowerBound * width..<rows.upperBound * width]),
        elementType: description.elementType, valuesPerSample: width)
      distortion.add(chunk.batch.rows(rows).doubles(), printer.printed(batch.doubles()))
    }
  }

  /// The content of a chunk in the frame of a compact stream.
  private func content(of frame: [UInt8], after prefix: [UInt8]) throws(CodecError) -> ArraySlice<UInt8> {
    do {
      return try ZstdFrame.decompress(frame[...], limit: 1 << 31).dropFirst(prefix.count)
    } catch {
      throw .bytes(error, name: name)
    }
  }
}

/// A sink for what only its size is wanted of.
final class EmptySink: ByteSink {
  func write(_ bytes: UnsafeRawBufferPointer) {}
  func finish() {}
}
