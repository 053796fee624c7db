import Records

/// What is decided before a stream is written: its quality, and where its samples come from.
struct EncodingPlan {
  var quality: Int
  /// What is promised of every value, where that was found for a target.
  var bound: StreamEncoder.Bound?
  var record: TargetRecord?
  var source: StreamEncoder.Source
  /// Whether the PSNR is to be measured while the stream is written.
  var measuresDistortion = false
  /// Of the chunks as they were when they were measured, where they are read again.
  var digest: UInt64?

  /// Gives another reader of the same samples, from the first on.
  typealias Reopening = () throws(CodecError) -> any SampleReader

  /// The plan for a quality: nothing is to be found out.
  ///
  /// - Parameters:
  ///   - first: the first chunk of the samples; nil if there are none.
  ///   - rest: gives the others.
  static func forQuality(_ quality: Double, _ first: SampleChunk?, rest: ChunkReader) -> EncodingPlan {
    EncodingPlan(
      quality: Int(FittedModel.clamped(quality).rounded()), record: nil, source: source(first, rest))
  }

  /// The plan for another target: by all chunks, where they can be read again and again, or else by the first. It is exact
  /// where that is all.
  ///
  /// - Parameters:
  ///   - pass: gets to know the number of rows.
  ///   - isWithoutModel: whether all is coded by bounds, without a model.
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
    case .bound(let errorBound, let setting): plan.bound = (errorBound, setting)
    }
    return plan
  }

  private static func choice(
    _ trials: TargetTrials, sample: SampleBatch?, first: SampleBatch?, isWithoutModel: Bool
  ) throws(CodecError) -> TargetSearch.Choice {
    guard isWithoutModel, let first else {
      return try TargetSearch(trials).choice(sample: sample, first: first)
    }
    let psnr = if case .psnr(let asked) = trials.target { asked } else { FineQualities.coarsest }
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
