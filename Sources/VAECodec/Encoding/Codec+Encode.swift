import ByteIO
import CodeStream
import SampleIO
import VAE

/// How samples are encoded.
public struct EncodeOptions: Sendable {
  /// 0 (a sketch) ... 100 (below the data's own noise); uniform in PSNR between.
  public var quality: Double
  /// Rows in a chunk; nil for a number that suits the size of samples.
  public var chunkRows: Int?

  /// - Parameters:
  ///   - quality: 0 ... 100; the nearest whole number counts. Less counts as 0, and more as 100.
  ///   - chunkRows: at least 1; more than 2^28 values make in a chunk count as so many.
  public init(quality: Double = 60, chunkRows: Int? = nil) {
    self.quality = quality
    self.chunkRows = chunkRows
  }
}

/// What encoding gave.
public struct EncodeReport: Sendable {
  public var samples: Int
  public var valuesPerSample: Int
  /// Bytes of the samples as plain numbers of their type.
  public var rawBytes: Int
  /// Bytes of the stream, header and seek table included.
  public var streamBytes: Int
  /// Values outside the bounds of the model's data, which come back as the bound.
  public var clippedValues: Int
  public var seconds: Double
  /// rawBytes / streamBytes.
  public var ratio: Double { Double(rawBytes) / Double(max(1, streamBytes)) }
  public var bitsPerSample: Double { samples == 0 ? 0 : 8 * Double(streamBytes) / Double(samples) }
}

extension Codec {
  /// Encodes all samples of `reader` into a `.vaec` stream; memory is bounded by a chunk for each thread.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - sink: gets the whole stream; it is not finished, so that another stream may follow.
  public func encode(
    _ reader: any SampleReader, name: String, model: FittedModel, options: EncodeOptions = EncodeOptions(),
    to sink: any ByteSink
  ) throws(CodecError) -> EncodeReport {
    let clock = ContinuousClock()
    let start = clock.now
    let description = reader.description
    try model.accepts(description, name: name)
    let quality = FittedModel.clamped(options.quality)
    let point = model.point(quality: quality)
    let width = description.valuesPerSample
    let chunkRows = StreamPlan.chunkRows(
      options.chunkRows ?? StreamPlan.defaultChunkRows(values: width), values: width)
    let plan = StreamPlan(
      model.model, at: point, chunkRows: min(chunkRows, max(1, description.rows ?? chunkRows)),
      kernels: kernels)
    let codecs = ChunkCodecs(plan, workers: workers)
    let details = StreamDetails(
      fingerprint: Fingerprint.ofStreams(model.fingerprintNumber), setting: .quality(Int(quality.rounded())),
      chunkRows: plan.chunkRows,
      rows: description.rows, description: description)
    var check = InputCheck(model, description, name: name)
    var report = EncodeReport(
      samples: 0, valuesPerSample: description.valuesPerSample, rawBytes: 0, streamBytes: 0, clippedValues: 0,
      seconds: 0)
    var output = StreamOutput(sink, details, name: name)
    var chunks: [[Float]] = []
    var ended = false
    while !ended {
      var numbers: [Float] = []
      var rows = 0
      // A reader may give less at once than it is asked for: chunks must not depend on that.
      while rows < plan.chunkRows, let batch = try reading(reader, plan.chunkRows - rows) {
        numbers = rows == 0 ? try check.numbers(of: batch) : numbers + (try check.numbers(of: batch))
        rows += batch.rows
        report.rawBytes += batch.bytes.count
      }
      ended = rows < plan.chunkRows
      if rows > 0 { chunks.append(numbers) }
      report.samples += rows
      try Self.check(report.samples, of: description.rows, hasEnded: ended, name: name)
      // A first chunk waits until it is known whether another follows.
      let isFirst = chunks.count == 1 && output.isEmpty
      if isFirst, ended || report.samples == description.rows {
        try output.write(only: codecs.encode(only: chunks[0], after: output.compactPrefix))
        chunks.removeAll()
      } else if ended || chunks.count >= codecs.count && !isFirst {
        for first in stride(from: 0, to: chunks.count, by: codecs.count) {
          let some = Array(chunks[first..<min(first + codecs.count, chunks.count)])
          for frame in codecs.encode(some) { try output.write(frame) }
        }
        chunks.removeAll(keepingCapacity: true)
      }
    }
    report.streamBytes = try output.finish()
    report.clippedValues = check.clipped
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }

  /// Throws where a reader has more rows than it said, or has ended with fewer: the stream's header says so already.
  private static func check(_ rows: Int, of announced: Int?, hasEnded: Bool, name: String) throws(CodecError)
  {
    guard let announced else { return }
    if rows > announced { throw .samples(.trailingBytes(name: name, rows: announced)) }
    if hasEnded, rows < announced {
      throw .samples(.truncated(name: name, expectedRows: announced, gotRows: rows))
    }
  }
}
