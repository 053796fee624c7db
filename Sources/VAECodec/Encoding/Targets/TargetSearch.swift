import Records

/// Finds how to code some samples for a target, and holds what it has measured on the way: a quality among the model's
/// points and, where the target lies beyond them, a bound on every error.
///
/// Streams are written and decoded to measure them. Of many samples, some are measured at the qualities of a bisection,
/// and all of them at the few where the target is close.
final class TargetSearch {
  /// A way to code that reaches the target, and what it gives.
  struct Choice {
    var way: TargetTrials.Way
    var outcome: TargetTrials.Outcome
  }

  private let trials: TargetTrials
  private let target: EncodeTarget
  /// The highest quality that is tried.
  private let top: Int
  private var measured: [Int: TargetTrials.Outcome] = [:]
  private var estimated: [Int: Double] = [:]

  init(_ trials: TargetTrials) {
    self.trials = trials
    target = trials.target
    top = trials.pass.model.highestPoint
  }

  /// The lowest quality that reaches a PSNR, the highest that keeps to a rate; or a bound, where the model's points end
  /// before the target.
  ///
  /// - Parameters:
  ///   - sample: some of the rows, to search with; nil if all of them are few enough.
  ///   - first: the first chunk; nil if there are no samples.
  /// - Throws: ``CodecError/targetOutOfReach(name:asked:nearest:)``.
  func choice(sample: SampleBatch?, first: SampleBatch?) throws(CodecError) -> Choice {
    let step = try step(sample)
    let ofQuality = try step.map { (step) throws(CodecError) in try cheapest(from: step, isFew: sample == nil)
    }
    // A model that is carried may be worth less of itself with corrections.
    let comparesBounds = target.wantsQuality && trials.pass.carriedModels != nil
    guard let first else {
      if let ofQuality { return ofQuality }
      throw trials.outOfReach(measured.values.map(\.reached))
    }
    if let step, let ofQuality, !comparesBounds, target.wantsQuality || quality(step) < top {
      return ofQuality
    }
    // For a rate, a bound has to leave less than the last point does.
    let psnr =
      if case .psnr(let asked) = target { asked } else { try trials.psnr(ofQuality: top, sample ?? first) }
    let widest = trials.pass.units.bound(psnr: psnr, peak: trials.pass.scale.peak)
    let ((errorBound, setting), expected) = ErrorBoundSearch.cheapest(widest, trials.pass, first: first)
    if let ofQuality, comparesBounds, expected > Self.promising * Double(ofQuality.outcome.bytes) {
      return ofQuality
    }
    let search = BoundSearch(trials, setting: setting, widest: target.wantsQuality ? nil : errorBound)
    if let choice = try search.choice(sample: sample ?? first, from: errorBound) {
      if let ofQuality, comparesBounds, ofQuality.outcome.bytes <= choice.outcome.bytes { return ofQuality }
      return choice
    }
    if let ofQuality { return ofQuality }
    throw trials.outOfReach(measured.values.map(\.reached))
  }

  /// A bound is searched for where a few rows make one expect no more than so many times the bytes of a quality: that says
  /// much of many rows, which corrections have learned from.
  private static let promising = 1.5
  /// Steps beyond the least that are looked at, where they may take fewer bytes because the file carries less of a model.
  private static let beyond = 4

  /// The step as a choice; or one that is a little better than asked for, where a file with its model takes fewer bytes.
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

  /// Steps go towards what is easier to reach.
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

  /// A stream of all samples.
  private func measure(_ step: Int) throws(CodecError) -> TargetTrials.Outcome {
    if let known = measured[step] { return known }
    let outcome = try trials.all(.quality(quality(step)))
    measured[step] = outcome
    return outcome
  }

  /// What some of the samples make one expect.
  private func estimate(_ step: Int, _ sample: SampleBatch) throws(CodecError) -> Double {
    if let known = estimated[step] { return known }
    let estimate = try trials.some(.quality(quality(step)), sample)
    estimated[step] = estimate
    return estimate
  }

  /// The least step by the sample, whose scores are off by `correction`; the highest where it is none.
  private func leastEstimated(_ sample: SampleBatch, correction: Double) throws(CodecError) -> Int {
    try QualitySearch.least(top: top) { (step) throws(CodecError) in
      target.score(try estimate(step, sample)) + correction >= target.askedScore
    } ?? top
  }
}

extension TargetTrials {
  /// That no way reaches the target.
  ///
  /// - Parameter values: what those that were measured reach.
  func outOfReach(_ values: [Double]) -> CodecError {
    var nearest = (target.wantsQuality ? values.max() : values.min()) ?? 0
    if case .bytes = target {
      // The header of a stream for a larger size may be longer: a larger number is in it.
      let larger = TargetRecord(.bytes(Int(min(nearest, 1e18)) + 16), psnr: 0, isOfFirstChunk: false)
      nearest += Double((larger?.size ?? 0) - (record?.size ?? 0))
    }
    return .targetOutOfReach(name: pass.name, asked: target, nearest: nearest)
  }
}
