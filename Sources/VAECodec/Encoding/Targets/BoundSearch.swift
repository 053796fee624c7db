import Records
import Tensor

/// Finds the bound on every error with which a stream reaches a PSNR in the fewest bytes, or keeps to a rate with the
/// smallest errors.
///
/// The bound starts where errors that are spread evenly within it would be right, and follows what streams measure: first
/// of some of the samples, then of all. Bounds of integers are whole.
struct BoundSearch {
  private let trials: TargetTrials
  private let setting: StreamMetadata.Setting
  /// The widest bound that is of use; nil for any.
  private let widest: ErrorBound?
  private var units: BoundUnits { trials.pass.units }
  private var target: EncodeTarget { trials.target }

  /// Values that are measured first, and rows at the least.
  private static let (sampleValues, minimumRows) = (1 << 16, 16)
  /// Streams that are measured: of few samples, and of many.
  private static let (fewTrials, manyTrials) = (10, 5)
  /// Octaves that a bound changes by at once.
  private static let reach = 6.0

  /// - Parameter setting: what corrections start from.
  init(_ trials: TargetTrials, setting: StreamMetadata.Setting, widest: ErrorBound? = nil) {
    (self.trials, self.setting, self.widest) = (trials, setting, widest)
  }

  /// The best bound; nil where none reaches the target.
  ///
  /// - Parameters:
  ///   - sample: rows to begin with.
  ///   - start: the first guess.
  func choice(sample: SampleBatch, from start: ErrorBound) throws(CodecError) -> TargetSearch.Choice? {
    var rows = RowSample(maximumRows: max(Self.minimumRows, Self.sampleValues / sample.valuesPerSample))
    rows.add(sample)
    var guess = start
    if let some = rows.batch, some.rows < trials.rows {
      guess = try search(from: guess, tries: Self.fewTrials) { (errorBound) throws(CodecError) in
        try trials.some(.bound(errorBound, setting), some)
      }.nearest
    }
    var outcomes: [(way: ErrorBound, outcome: TargetTrials.Outcome)] = []
    let isFew = trials.rows <= sample.rows && sample.valueCount <= Self.sampleValues
    // Where nothing but no error at all is of use, there is nothing to search for.
    let tries = widest?.isLossless == true ? 0 : isFew ? Self.fewTrials : Self.manyTrials
    let found = try search(from: guess, tries: tries) { (errorBound) throws(CodecError) in
      let outcome = try trials.all(.bound(errorBound, setting))
      outcomes.append((errorBound, outcome))
      return outcome.reached
    }
    var best = found.best
    if best == nil, target.wantsQuality || widest != nil {
      // Nothing is as good as no error at all, for a PSNR; and a rate may allow it.
      let outcome = try trials.all(.bound(units.lossless, setting))
      outcomes.append((units.lossless, outcome))
      if target.isReached(by: outcome.reached) { best = units.lossless }
    }
    guard let best, let outcome = outcomes.last(where: { $0.way == best })?.outcome else { return nil }
    if let widest, best.bound > widest.bound { return nil }
    return TargetSearch.Choice(way: .bound(best, setting), outcome: outcome)
  }

  /// Follows what `measure` says of bounds.
  ///
  /// - Returns: the best bound that reaches the target, and the bound after the last that was tried.
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

/// Bounds around the one that just reaches a target, and what was measured of them.
private struct BoundBracket {
  private let target: EncodeTarget
  private let units: BoundUnits
  /// Values of what the target counts: of a sample, or of the stream.
  private let values: Double
  /// How the score changes with each octave of the bound.
  private var slope = -6.02
  /// What one aims at beyond what was asked for: the more, the oftener it was missed.
  private var margin = 0.0
  /// The widest bound that reaches a PSNR, or the tightest that keeps to a rate; and the nearest to it that does not.
  private var good: (bound: Double, excess: Double)?
  private var bad: (bound: Double, excess: Double)?

  /// How much better than asked is near enough: dB, or the logarithm of the rate.
  private var tolerance: Double { target.wantsQuality ? 0.02 : 0.004 }

  init(_ target: EncodeTarget, _ trials: TargetTrials, _ units: BoundUnits) {
    (self.target, self.units) = (target, units)
    let width = max(1, trials.pass.description.valuesPerSample)
    values =
      if case .bytes = target { Double(width) * Double(max(1, trials.streamRows)) } else { Double(width) }
  }

  /// The best bound that reaches the target.
  var best: ErrorBound? { good.map { units.bound($0.bound) } }

  /// Takes in what was measured of a bound.
  mutating func take(_ errorBound: ErrorBound, value: Double) {
    let found = (bound: errorBound.bound, excess: target.score(value) - target.askedScore)
    let isGood = target.isReached(by: value)
    if !target.wantsQuality {
      // An octave is a bit a value, as long as there are bits.
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

  /// The bound to try next; nil where nothing better is near.
  func next(reach: Double) -> ErrorBound? {
    if let good, good.excess < tolerance || (good.bound == 0 && !(units.areWhole && target.wantsQuality)) {
      return nil
    }
    let goal = max(tolerance / 2, margin)
    let exponent: Double
    if let good, let bad {
      let (from, to) = (octave(good.bound), octave(bad.bound))
      guard (from - to).magnitude > 1e-3 else { return nil }
      // No error at all is infinitely good.
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

  /// The guarantee of a bound between those that are known; nil where there is none.
  private func errorBound(_ exponent: Double) -> ErrorBound? {
    let bound = exponential(exponent * logarithm(2))
    guard units.areWhole else { return units.bound(bound) }
    // Towards the bounds that are not known yet.
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
