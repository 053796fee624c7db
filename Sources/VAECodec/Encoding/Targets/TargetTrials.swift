import Records

/// Streams that are made to be measured against a target, and then forgotten: of all samples, or of some of them.
struct TargetTrials {
  /// A way to code samples.
  enum Way: Equatable {
    case quality(Int)
    case bound(ErrorBound, StreamMetadata.Setting)
  }

  /// What a stream of all samples gave: the value in the target's unit, its bytes with the model in them, and the digest of
  /// its chunks.
  struct Outcome {
    var reached: Double
    var bytes: Int
    var digest: UInt64
  }

  /// For streams of the samples.
  let pass: StreamEncoder
  private(set) var target: EncodeTarget
  /// Rows of all samples.
  let rows: Int
  /// Rows of the stream, of which the samples may be the beginning.
  let streamRows: Int
  /// Gives the samples, as often as it is called.
  let source: () throws(CodecError) -> StreamEncoder.Source

  /// What the header of a stream says about the target, as long as it has to be.
  var record: TargetRecord? { TargetRecord(target, psnr: 0, isOfFirstChunk: false) }

  /// A stream of all samples.
  func all(_ way: Way) throws(CodecError) -> Outcome {
    let result = try run(pass, try source(), way)
    return Outcome(reached: value(result, rows: rows), bytes: result.streamBytes, digest: result.digest)
  }

  /// The value that some of the samples make one expect.
  func some(_ way: Way, _ sample: SampleBatch) throws(CodecError) -> Double {
    var part = pass
    part.chunkRows = sample.rows
    part.hasSingleChunk = false
    part.description.rows = sample.rows
    return value(try run(part, Self.source(of: [SampleChunk(batch: sample)]), way), rows: sample.rows)
  }

  /// The PSNR of some samples at a quality.
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
    case .bound(let errorBound, let setting): pass.errorBound = (errorBound, setting)
    }
    return try pass.run(
      source, quality: quality, record: record, measuresDistortion: target.wantsQuality, to: EmptySink())
  }

  /// The value, in the target's unit, that a stream of `rows` lets one expect of the whole stream.
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

  /// Chunks in memory as a source.
  static func source(of chunks: [SampleChunk]) -> StreamEncoder.Source {
    var rest = chunks[...]
    return { () throws(CodecError) in rest.popFirst() }
  }
}
