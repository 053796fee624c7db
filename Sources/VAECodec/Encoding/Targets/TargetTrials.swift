import ByteIO
import Records

/// Trial streams, of all samples or some of them: they are measured against a target and discarded.
struct TargetTrials {
  /// A way to code samples.
  enum Way: Equatable {
    case quality(Int)
    case rung(ErrorBound?, StreamMetadata.Setting)
  }

  /// What a stream of all samples gave: the value in the target's unit, its bytes with the model in them, and the digest of
  /// the samples.
  struct Outcome {
    var reached: Double
    var bytes: Int
    var digest: Digest?
  }

  /// The encoder of the streams.
  let pass: StreamEncoder
  private(set) var target: EncodeTarget
  /// The number of rows of all samples.
  let rows: Int
  /// The number of rows of the final stream, of which the samples may be the beginning.
  let streamRows: Int
  /// Returns the samples each time it is called.
  let source: () throws(CodecError) -> StreamEncoder.Source

  /// A placeholder, of the right size, for the target record in the header.
  var record: TargetRecord? { TargetRecord(target, psnr: 0, isOfFirstChunk: false) }

  /// Measures a stream of all samples.
  func all(_ way: Way) throws(CodecError) -> Outcome {
    let result = try run(pass, try source(), way)
    return Outcome(reached: value(result, rows: rows), bytes: result.streamBytes, digest: result.digest)
  }

  /// The value expected from some of the samples.
  func some(_ way: Way, _ sample: SampleBatch) throws(CodecError) -> Double {
    var part = pass
    part.chunkRows = sample.rows
    part.hasSingleChunk = false
    // Some samples are no array.
    part.description = part.description.withoutArray
    part.description.rows = sample.rows
    return value(try run(part, Self.source(of: [SampleChunk(batch: sample)]), way), rows: sample.rows)
  }

  /// The PSNR of some samples at a quality, in dB.
  func psnr(ofQuality quality: Int, _ sample: SampleBatch) throws(CodecError) -> Double {
    var measured = self
    measured.target = .psnr(0)
    return try measured.some(.quality(quality), sample)
  }

  private func run(
    _ pass: StreamEncoder, _ source: StreamEncoder.Source, _ way: Way
  ) throws(CodecError) -> StreamEncoder.Result {
    var pass = pass
    var quality = 0
    switch way {
    case .quality(let known): quality = known
    case .rung(let errorBound, let setting): pass.rung = (errorBound, setting)
    }
    return try pass.run(
      source, quality: quality, record: record, measuresDistortion: target.wantsQuality, to: nil)
  }

  /// The value expected of the whole stream, in the target's unit, from a stream of `rows` rows.
  private func value(_ result: StreamEncoder.Result, rows: Int) -> Double {
    if target.wantsQuality { return result.distortion.psnr ?? 0 }
    var bytes = Double(result.streamBytes)
    if rows > 0, streamRows > rows {
      let header = Double(result.headerBytes)
      bytes = header + (bytes - header) * Double(streamRows) / Double(rows)
    }
    if case .bytes = target { return bytes }
    return streamRows == 0 ? 0 : 8 * bytes / Double(streamRows)
  }

  /// A source of chunks in memory.
  static func source(of chunks: [SampleChunk]) -> StreamEncoder.Source {
    var rest = chunks[...]
    return { () throws(CodecError) in rest.popFirst() }
  }
}
