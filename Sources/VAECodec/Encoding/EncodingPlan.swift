import SampleIO

/// What is decided before a stream is written: its quality, and where its samples come from.
struct EncodingPlan {
  var quality: Int
  var record: TargetRecord?
  var source: EncodingPass.Source
  /// Whether the PSNR is to be measured while the stream is written.
  var measuresDistortion = false
  /// Of the chunks as they were when they were measured, where they are read again.
  var digest: UInt64?

  /// Gives another reader of the same samples, from the first on.
  typealias Reopening = () throws(CodecError) -> any SampleReader

  /// The plan for a quality: nothing is to be found out.
  ///
  /// - Parameters:
  ///   - first: the first chunk of the samples; nil where there are none.
  ///   - rest: gives the others.
  static func forQuality(_ quality: Double, _ first: SampleChunk?, rest: ChunkReader) -> EncodingPlan {
    EncodingPlan(
      quality: Int(FittedModel.clamped(quality).rounded()), record: nil, source: source(first, rest))
  }

  /// The plan for another target, by the first chunk. It is exact where that is all.
  static func byFirstChunk(
    _ target: EncodeTarget, _ pass: EncodingPass, _ first: SampleChunk?, rest: ChunkReader
  ) throws(CodecError) -> EncodingPlan {
    let hasAll = rest.hasEnded
    let rows = first?.rows ?? 0
    if !hasAll, case .bytes = target, pass.description.rows == nil {
      throw .sizeNeedsRows(name: pass.name)
    }
    var sample = RowSample(values: pass.description.valuesPerSample)
    if let first { sample.add(first.batch) }
    let held = first.map { [$0] } ?? []
    let search = TargetSearch(
      pass, target: target, rows: rows, streamRows: hasAll ? rows : pass.description.rows ?? rows
    ) { () throws(CodecError) in TargetSearch.source(of: held) }
    let choice = try search.choice(sample: sample.holdsAll ? nil : sample.batch)
    return EncodingPlan(
      quality: choice.quality,
      record: TargetRecord(target, psnr: choice.reached, isOfFirstChunk: !hasAll),
      source: source(first, rest), measuresDistortion: !hasAll && target.wantsQuality)
  }

  /// The plan for another target, by all chunks, which are read again and again.
  ///
  /// - Parameter pass: gets to know the number of rows.
  static func byAllChunks(
    _ target: EncodeTarget, _ pass: inout EncodingPass, _ first: SampleChunk?, rest: ChunkReader,
    reopen: @escaping Reopening
  ) throws(CodecError) -> EncodingPlan {
    var sample = RowSample(values: pass.description.valuesPerSample)
    if let first { sample.add(first.batch) }
    while let chunk = try rest.next() { sample.add(chunk.batch) }
    pass.description.rows = sample.rows
    let (name, model, chunkRows) = (pass.name, pass.model, pass.chunkRows)
    let again = { () throws(CodecError) -> EncodingPass.Source in
      let chunks = ChunkReader(try reopen(), name: name, model: model, chunkRows: chunkRows)
      return { () throws(CodecError) in try chunks.next() }
    }
    let choice = try TargetSearch(
      pass, target: target, rows: sample.rows, streamRows: sample.rows, source: again
    ).choice(sample: sample.batch)
    return EncodingPlan(
      quality: choice.quality, record: TargetRecord(target, psnr: choice.reached, isOfFirstChunk: false),
      source: try again(), digest: choice.digest)
  }

  private static func source(_ first: SampleChunk?, _ rest: ChunkReader) -> EncodingPass.Source {
    var first = first
    return { () throws(CodecError) in
      guard let chunk = first else { return try rest.next() }
      first = nil
      return chunk
    }
  }
}
