import Records

/// Searches for a way to code samples that meets a target: a quality among the model's operating points or, beyond
/// them, an error bound. It caches what it has measured.
///
/// Streams are written and decoded to measure them. If there are many samples, a bisection measures some of them, and
/// only the qualities close to the target are measured on all.
final class TargetSearch {
  /// A way of coding that meets the target, and its outcome.
  struct Choice {
    var way: TargetTrials.Way
    var outcome: TargetTrials.Outcome
  }

  private let trials: TargetTrials
  private let target: EncodeTarget
  /// The highest quality tried.
  private let top: Int
  private var measured: [Int: TargetTrials.Outcome] = [:]
  private var estimated: [Int: Double] = [:]

  init(_ trials: TargetTrials) {
    self.trials = trials
    target = trials.target
    top = trials.pass.model.highestPoint
  }

  /// The lowest quality that reaches a PSNR, or the highest that stays within a rate; or an error bound or PCA, if the
  /// target lies beyond the model's operating points, or if that is the better choice.
  ///
  /// - Parameters:
  ///   - sample: some of the rows, for the search; nil if there are few enough to use all.
  ///   - first: the first chunk; nil if there are no samples.
  /// - Throws: ``CodecError/targetOutOfReach(name:asked:nearest:)``.
  func choice(sample: SampleBatch?, first: SampleBatch?) throws(CodecError) -> Choice {
    let step = try step(sample)
    let ofQuality = try step.map { (step) throws(CodecError) in
      try cheapest(from: step, isFew: sample == nil)
    }
    guard let first else {
      if let ofQuality { return ofQuality }
      throw trials.outOfReach(measured.values.map(\.reached))
    }
    // For a rate, a bound must leave less error than the quality.
    let psnr =
      if case .psnr(let asked) = target { asked } else {
        try trials.psnr(ofQuality: step.map(quality) ?? top, sample ?? first)
      }
    if let ofQuality, !psnr.isFinite { return ofQuality }
    let rungs = trials.pass.rungs ?? QualityRungs(trials.pass, first: first)
    let widest = trials.pass.units.bound(psnr: psnr, peak: trials.pass.scale.peak)
    let (rung, expected) = rungs.cheapest(within: widest)
    // A rate above that of the last operating point is one for bounds.
    let isBeyond = !target.wantsQuality && step.map(quality) == top
    if let ofQuality, !isBeyond, expected > Self.promising * Double(ofQuality.outcome.bytes) {
      return ofQuality
    }
    let start = rung.errorBound ?? widest
    let search = BoundSearch(trials, setting: rung.setting, widest: target.wantsQuality ? nil : start)
    var choices = [ofQuality, try search.choice(sample: sample ?? first, from: start)].compactMap { $0 }
    if target.wantsQuality, ofQuality == nil, let setting = rungs.pca(within: widest),
      rungs.bytes(setting) < Double(choices.last?.outcome.bytes ?? .max),
      let pca = try choice(ofPCA: setting)
    {
      choices.append(pca)
    }
    // The bound that stays within a rate is better than the quality.
    let best =
      target.wantsQuality ? choices.min { $0.outcome.bytes < $1.outcome.bytes } : choices.last
    guard let best else { throw trials.outOfReach(measured.values.map(\.reached)) }
    return best
  }

  /// A bound is searched for only if a few rows predict at most this multiple of a quality's bytes. The factor exceeds
  /// 1 because corrections learn from more rows, and are predicted with those of the quick coder.
  private static let promising = 1.5

  /// The number of steps of PCA that are measured, and the PSNR in dB added to what the step before lacked.
  private static let (stepsOfPCA, margin) = (4, 0.02)

  /// PCA at a step that reaches the PSNR, from a first guess on; nil if none is found.
  private func choice(ofPCA guess: StreamMetadata.Setting) throws(CodecError) -> Choice? {
    var setting = guess
    for _ in 0..<Self.stepsOfPCA {
      let outcome = try trials.all(.rung(nil, setting))
      if target.isReached(by: outcome.reached) { return Choice(way: .rung(nil, setting), outcome: outcome) }
      let lack = target.askedScore - target.score(outcome.reached) + Self.margin
      setting = setting.finer(decibels: lack)
    }
    return nil
  }

  /// The number of steps beyond the smallest that are also measured, because the file may embed less of the model
  /// there.
  private static let beyond = 4

  /// The choice for a step; or a slightly better step, if the file with its model takes fewer bytes there.
  private func cheapest(from step: Int, isFew: Bool) throws(CodecError) -> Choice {
    var best = Choice(way: .quality(quality(step)), outcome: try measure(step))
    guard isFew, target.wantsQuality, trials.pass.carriedModels != nil else { return best }
    for other in step..<min(top, step + Self.beyond) {
      let outcome = try measure(other + 1)
      if outcome.bytes < best.outcome.bytes, target.isReached(by: outcome.reached) {
        best = Choice(way: .quality(quality(other + 1)), outcome: outcome)
      }
    }
    return best
  }

  /// The quality of a step. Higher steps reach the target more easily.
  private func quality(_ step: Int) -> Int { target.wantsQuality ? step : top - step }

  private func step(_ sample: SampleBatch?) throws(CodecError) -> Int? {
    guard let sample else {
      return try QualitySearch.least(top: top) { (step) throws(CodecError) in try holds(step) }
    }
    return try QualitySearch.least(
      top: top, first: try leastEstimated(sample, correction: 0),
      guess: { (step) throws(CodecError) in
        let difference = target.score(try measure(step).reached) - target.score(try estimate(step, sample))
        return try leastEstimated(sample, correction: difference)
      },
      holds: { (step) throws(CodecError) in try holds(step) })
  }

  private func holds(_ step: Int) throws(CodecError) -> Bool {
    target.isReached(by: try measure(step).reached)
  }

  /// Measures a stream of all samples.
  private func measure(_ step: Int) throws(CodecError) -> TargetTrials.Outcome {
    if let known = measured[step] { return known }
    let outcome = try trials.all(.quality(quality(step)))
    measured[step] = outcome
    return outcome
  }

  /// Estimates the value from some of the samples.
  private func estimate(_ step: Int, _ sample: SampleBatch) throws(CodecError) -> Double {
    if let known = estimated[step] { return known }
    let estimate = try trials.some(.quality(quality(step)), sample)
    estimated[step] = estimate
    return estimate
  }

  /// The smallest step by the sample, with scores corrected by `correction`; the highest step if there is none.
  private func leastEstimated(_ sample: SampleBatch, correction: Double) throws(CodecError) -> Int {
    try QualitySearch.least(top: top) { (step) throws(CodecError) in
      target.score(try estimate(step, sample)) + correction >= target.askedScore
    } ?? top
  }
}

extension TargetTrials {
  /// The error that no way of coding reaches the target.
  ///
  /// - Parameter values: the values that were measured.
  func outOfReach(_ values: [Double]) -> CodecError {
    var nearest = (target.wantsQuality ? values.max() : values.min()) ?? 0
    if case .bytes = target {
      // The header for a larger size may be longer, because it records that size.
      let larger = TargetRecord(.bytes(Int(min(nearest, 1e18)) + 16), psnr: 0, isOfFirstChunk: false)
      nearest += Double((larger?.size ?? 0) - (record?.size ?? 0))
    }
    return .targetOutOfReach(name: pass.name, asked: target, nearest: nearest)
  }
}
