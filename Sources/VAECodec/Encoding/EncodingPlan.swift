import ByteIO
import Records

/// The decisions made before a stream is written: its quality, and where its samples come from.
struct EncodingPlan {
  var quality: Int
  /// What codes the samples, if a target led to something else than a quality.
  var rung: StreamEncoder.Rung?
  var record: TargetRecord?
  var source: StreamEncoder.Source
  /// Whether to measure the PSNR while the stream is written.
  var measuresDistortion = false
  /// Of the samples as they were when they were measured, where they are read again.
  var digest: Digest?

  /// Returns another reader of the same samples, from the first on.
  typealias Reopening = () throws(CodecError) -> any SampleReader

  /// The plan for a given quality; there is nothing to search.
  ///
  /// - Parameters:
  ///   - first: the first chunk of the samples; nil if there are none.
  ///   - rest: returns the remaining chunks.
  static func forQuality(_ quality: Double, _ first: SampleChunk?, rest: ChunkReader) -> EncodingPlan {
    EncodingPlan(
      quality: Int(FittedModel.clamped(quality).rounded()), record: nil, source: source(first, rest))
  }

  /// The plan for another target. It is based on all chunks if they can be read repeatedly, else on the first; then it
  /// is exact only if that is all.
  ///
  /// - Parameters:
  ///   - pass: receives the number of rows.
  ///   - isWithoutModel: whether everything is coded by error bounds, without a model.
  static func forTarget(
    _ target: EncodeTarget, _ pass: inout StreamEncoder, _ first: SampleChunk?, rest: ChunkReader,
    isWithoutModel: Bool, reopen: Reopening?
  ) throws(CodecError) -> EncodingPlan {
    var sample = RowSample(values: pass.description.valuesPerSample)
    if let first { sample.add(first.batch) }
    let again: () throws(CodecError) -> StreamEncoder.Source
    let isOfFirstChunk = !rest.hasEnded && reopen == nil
    if let reopen, !rest.hasEnded {
      while let chunk = try rest.next() { sample.add(chunk.batch) }
      pass.description.rows = sample.rows
      let (name, model, chunkRows) = (pass.name, pass.model, pass.chunkRows)
      again = { () throws(CodecError) -> StreamEncoder.Source in
        let chunks = ChunkReader(try reopen(), name: name, model: model, chunkRows: chunkRows)
        return { () throws(CodecError) in try chunks.next() }
      }
    } else {
      if isOfFirstChunk, case .bytes = target, pass.description.rows == nil {
        throw .sizeNeedsRows(name: pass.name)
      }
      let held = first.map { [$0] } ?? []
      again = { () throws(CodecError) in TargetTrials.source(of: held) }
    }
    let trials = TargetTrials(
      pass: pass, target: target, rows: sample.rows,
      streamRows: isOfFirstChunk ? pass.description.rows ?? sample.rows : sample.rows, source: again)
    let choice = try choice(
      trials, sample: sample.holdsAll ? nil : sample.batch, first: first?.batch,
      isWithoutModel: isWithoutModel)
    var plan = EncodingPlan(
      quality: 0, record: TargetRecord(target, psnr: choice.outcome.reached, isOfFirstChunk: isOfFirstChunk),
      source: source(first, rest), measuresDistortion: isOfFirstChunk && target.wantsQuality)
    if !isOfFirstChunk, rest.rows > (first?.rows ?? 0) {
      plan.source = try again()
      plan.digest = choice.outcome.digest
    }
    switch choice.way {
    case .quality(let quality): plan.quality = quality
    case .rung(let errorBound, let setting): plan.rung = (errorBound, setting)
    }
    return plan
  }

  private static func choice(
    _ trials: TargetTrials, sample: SampleBatch?, first: SampleBatch?, isWithoutModel: Bool
  ) throws(CodecError) -> TargetSearch.Choice {
    guard isWithoutModel, let first else {
      return try TargetSearch(trials).choice(sample: sample, first: first)
    }
    let psnr = if case .psnr(let asked) = trials.target { asked } else { QualityRungs.coarsest }
    let start = trials.pass.units.bound(psnr: psnr, peak: trials.pass.scale.peak)
    let search = BoundSearch(trials, setting: .withoutModel)
    guard let choice = try search.choice(sample: sample ?? first, from: start) else {
      throw trials.outOfReach([])
    }
    return choice
  }

  private static func source(_ first: SampleChunk?, _ rest: ChunkReader) -> StreamEncoder.Source {
    var first = first
    return { () throws(CodecError) in
      guard let chunk = first else { return try rest.next() }
      first = nil
      return chunk
    }
  }
}
