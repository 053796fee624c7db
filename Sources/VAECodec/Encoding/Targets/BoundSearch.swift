import Records
import Tensor

/// Searches for the error bound with which a stream reaches a PSNR in the fewest bytes, or stays within a rate with the
/// smallest errors.
///
/// The search starts at the bound that would be right for uniformly distributed errors, and then follows measured
/// streams: first of some samples, then of all. Bounds of integers are integers.
struct BoundSearch {
  private let trials: TargetTrials
  private let setting: StreamMetadata.Setting
  /// The widest useful bound; nil if there is no limit.
  private let widest: ErrorBound?
  private var units: BoundUnits { trials.pass.units }
  private var target: EncodeTarget { trials.target }

  /// The maximum number of values measured first, and the minimum number of rows.
  private static let (sampleValues, minimumRows) = (1 << 16, 16)
  /// The number of streams measured: for few samples, and for many.
  private static let (fewTrials, manyTrials) = (10, 5)
  /// The maximum change of a bound in one step, in octaves.
  private static let reach = 6.0

  /// - Parameter setting: the setting whose decoded values the corrections start from.
  init(_ trials: TargetTrials, setting: StreamMetadata.Setting, widest: ErrorBound? = nil) {
    (self.trials, self.setting, self.widest) = (trials, setting, widest)
  }

  /// The best bound; nil if none reaches the target.
  ///
  /// - Parameters:
  ///   - sample: the rows to start with.
  ///   - start: the first guess.
  func choice(sample: SampleBatch, from start: ErrorBound) throws(CodecError) -> TargetSearch.Choice? {
    var rows = RowSample(maximumRows: max(Self.minimumRows, Self.sampleValues / sample.valuesPerSample))
    rows.add(sample)
    var guess = start
    if let some = rows.batch, some.rows < trials.rows {
      guess = try search(from: guess, tries: Self.fewTrials) { (errorBound) throws(CodecError) in
        try trials.some(.rung(errorBound, setting), some)
      }.nearest
    }
    var outcomes: [(way: ErrorBound, outcome: TargetTrials.Outcome)] = []
    let isFew = trials.rows <= sample.rows && sample.valueCount <= Self.sampleValues
    // If only lossless coding is of use, there is nothing to search.
    let tries = widest?.isLossless == true ? 0 : isFew ? Self.fewTrials : Self.manyTrials
    let found = try search(from: guess, tries: tries) { (errorBound) throws(CodecError) in
      let outcome = try trials.all(.rung(errorBound, setting))
      outcomes.append((errorBound, outcome))
      return outcome.reached
    }
    var best = found.best
    if best == nil, target.wantsQuality || widest != nil {
      // Lossless coding reaches any PSNR, and a rate may allow it.
      let outcome = try trials.all(.rung(units.lossless, setting))
      outcomes.append((units.lossless, outcome))
      if target.isReached(by: outcome.reached) { best = units.lossless }
    }
    guard let best, let outcome = outcomes.last(where: { $0.way == best })?.outcome else { return nil }
    if let widest, best.bound > widest.bound { return nil }
    return TargetSearch.Choice(way: .rung(best, setting), outcome: outcome)
  }

  /// Searches for the bound, guided by `measure`.
  ///
  /// - Returns: the best bound that reaches the target; and that bound, or the next one to try if none did.
  private func search(
    from start: ErrorBound, tries: Int, measure: (ErrorBound) throws(CodecError) -> Double
  ) throws(CodecError) -> (best: ErrorBound?, nearest: ErrorBound) {
    var bracket = BoundBracket(target, trials, units)
    var errorBound = start
    for _ in 0..<tries {
      bracket.take(errorBound, value: try measure(errorBound))
      guard let next = bracket.next(reach: Self.reach) else { break }
      errorBound = next
    }
    return (bracket.best, bracket.best ?? errorBound)
  }
}

/// The bounds on both sides of the target, with their measurements.
private struct BoundBracket {
  private let target: EncodeTarget
  private let units: BoundUnits
  /// The number of values that the target covers: those of a sample, or of the stream.
  private let values: Double
  /// The change of the score with each octave of the bound.
  private var slope = -6.02
  /// The extra score aimed at. It doubles each time the target is missed.
  private var margin = 0.0
  /// The widest bound that reaches a PSNR, or the tightest that stays within a rate; and the nearest bound that does
  /// not.
  private var good: (bound: Double, excess: Double)?
  private var bad: (bound: Double, excess: Double)?

  /// The excess over the target that is close enough: in dB, or in the logarithm of the rate.
  private var tolerance: Double { target.wantsQuality ? 0.02 : 0.004 }

  init(_ target: EncodeTarget, _ trials: TargetTrials, _ units: BoundUnits) {
    (self.target, self.units) = (target, units)
    let width = max(1, trials.pass.description.valuesPerSample)
    values =
      if case .bytes = target { Double(width) * Double(max(1, trials.streamRows)) } else { Double(width) }
  }

  /// The best bound that reaches the target.
  var best: ErrorBound? { good.map { units.bound($0.bound) } }

  /// Adds the measurement of a bound.
  mutating func take(_ errorBound: ErrorBound, value: Double) {
    let found = (bound: errorBound.bound, excess: target.score(value) - target.askedScore)
    let isGood = target.isReached(by: value)
    if !target.wantsQuality {
      // An octave changes the rate by one bit per value while there are bits left.
      let bits = if case .bytes = target { 8 * value } else { value }
      slope = 1 / max(0.5, bits / values)
    }
    let towardsGood = target.wantsQuality == isGood
    func isNearer(_ other: (bound: Double, excess: Double)?) -> Bool {
      guard let other else { return true }
      return towardsGood ? found.bound > other.bound : found.bound < other.bound
    }
    if isGood {
      if isNearer(good) { good = found }
    } else {
      if isNearer(bad) { bad = found }
      margin = max(tolerance / 2, 2 * margin)
    }
  }

  /// The next bound to try; nil if no better one is near.
  func next(reach: Double) -> ErrorBound? {
    if let good, good.excess < tolerance || (good.bound == 0 && !(units.areWhole && target.wantsQuality)) {
      return nil
    }
    let goal = max(tolerance / 2, margin)
    let exponent: Double
    if let good, let bad {
      let (from, to) = (octave(good.bound), octave(bad.bound))
      guard (from - to).magnitude > 1e-3 else { return nil }
      // The score of lossless coding is not finite, so interpolation is impossible.
      let share = good.bound == 0 ? 0.5 : (good.excess - goal) / max(1e-9, good.excess - bad.excess)
      exponent = from + (to - from) * max(0.02, min(0.98, share))
    } else if let good, good.bound == 0 {
      exponent = 0
    } else if let one = good ?? bad {
      exponent = octave(one.bound) + max(-reach, min(reach, (goal - one.excess) / slope))
    } else {
      return nil
    }
    return errorBound(exponent)
  }

  private func octave(_ bound: Double) -> Double {
    logarithm(max(bound, units.areWhole ? 0.5 : Double.leastNormalMagnitude)) / logarithm(2)
  }

  /// The error bound at about 2^exponent, between the known bounds; nil if there is none left.
  private func errorBound(_ exponent: Double) -> ErrorBound? {
    let bound = exponential(exponent * logarithm(2))
    guard units.areWhole else { return units.bound(bound) }
    // An integer bound moves on towards the untried ones.
    var whole = bound.rounded(.down)
    if let good, let bad {
      let (low, high) = (min(good.bound, bad.bound), max(good.bound, bad.bound))
      guard high - low > 1 else { return nil }
      whole = max(low + 1, min(high - 1, whole))
    } else if let one = good ?? bad, whole == one.bound {
      let isWider = (one.bound == good?.bound) == target.wantsQuality
      whole += isWider ? 1 : -1
    }
    return whole < 0 ? nil : units.bound(whole)
  }
}
