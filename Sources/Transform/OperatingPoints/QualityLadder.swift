import Tensor
import VAEModel

/// Selects the operating points of the qualities 0 ... 100 from candidates: uniform in PSNR, each as cheap as possible.
/// If values are fractions, the points end at a lower quality, and error bounds take over from there.
///
/// Candidates are few. The ladder therefore proposes points close to its targets; measured, they become candidates of a
/// finer ladder, whose points are chosen as they were measured. Rate and PSNR then never fall from one quality to the
/// next, by that measure.
package struct QualityLadder {
  package typealias Candidate = OperatingPointSearch.Candidate

  /// The candidates near the lower hull of bits and error, or the Pareto-optimal ones; cheapest first.
  package let efficient: [Candidate]
  /// Whether values are integers.
  let hasIntegers: Bool
  let lowest: Double
  let highest: Double
  private let countsFiles: Bool

  /// The PSNR for a peak of 1 in units of standardized samples.
  package static func psnr(_ error: Double) -> Double { -decibels(max(error, 1e-14)) }

  /// - Parameters:
  ///   - lowest: the PSNR of quality 0.
  ///   - highest: the PSNR of the last point, if candidates reach it.
  ///   - countsFiles: whether the candidates' bits are those of whole files, each with the part of the model that it
  ///     needs. Two of these cannot be mixed.
  package init(
    _ candidates: [Candidate], lowest: Double, highest: Double, hasIntegers: Bool, countsFiles: Bool = false
  ) {
    self.init(candidates, lowest, highest, hasIntegers, countsFiles, slack: Self.slack)
  }

  private init(
    _ candidates: [Candidate], _ lowest: Double, _ highest: Double, _ hasIntegers: Bool, _ countsFiles: Bool,
    slack: Double
  ) {
    (self.hasIntegers, self.countsFiles) = (hasIntegers, countsFiles)
    efficient =
      countsFiles
      ? OperatingPointSearch.pareto(candidates) : OperatingPointSearch.efficient(candidates, slack: slack)
    self.highest = min(highest, efficient.last.map { Self.psnr($0.error) } ?? highest)
    self.lowest = min(lowest, self.highest)
  }

  /// The ladder over these candidates and more, which are ``proposals`` as they were measured.
  package func adding(_ more: [Candidate]) -> QualityLadder {
    QualityLadder(efficient + more, lowest, highest, hasIntegers, countsFiles, slack: Self.fineSlack)
  }

  /// The last quality with its own point if values are fractions; those above it share the point.
  package static let highestOfFractions = 90

  /// The target PSNR of a quality's point.
  package func target(_ quality: Double) -> Double {
    let last = hasIntegers ? 100 : Double(Self.highestOfFractions)
    return lowest + (highest - lowest) * min(1, quality / last)
  }

  /// Candidates may take this much more than the best mixture of two others. The choice is then denser, at little loss.
  private static let slack = 0.05
  /// The same for measured proposals, which are dense.
  private static let fineSlack = 0.02
  /// Candidates within this distance of a target, in dB, compete for it.
  private static let near = 1.0
  /// The cost of missing the target, in the logarithm of the rate per dB.
  private static let offTarget = 0.02

  /// The candidates of the qualities 0 ... 100, those nearest to their targets; empty if there are none. Neither rate nor
  /// PSNR falls from one to the next, because none that takes more bits has a larger error.
  package var chosen: [Candidate] { (0...100).compactMap { nearest(target(Double($0))) } }

  private func nearest(_ goal: Double) -> Candidate? {
    efficient.min { distance($0, goal) < distance($1, goal) }
  }

  /// Points close to the targets of all qualities, beside the candidates: candidates with their finest steps adjusted.
  package var proposals: [OperatingPoint] {
    let known = efficient.map(\.point)
    return (0...100).reduce(into: []) { result, quality in
      let goal = target(Double(quality))
      guard let point = best(goal).map({ tuned($0, to: goal) }), point.hasSteps else { return }
      if point != result.last, !known.contains(point) { result.append(point) }
    }
  }

  /// The candidate that is the best start for a target; nil if there are none.
  private func best(_ goal: Double) -> Candidate? {
    // The local price of PSNR, by which candidates slightly off the target are compared.
    var slope = 0.05
    if let below = logRate(goal - 2), let above = logRate(goal + 2) { slope = max(0, above - below) / 4 }
    func score(_ c: Candidate) -> Double {
      logarithm(c.bits + 1e-3) - slope * (psnr(c) - goal) + Self.offTarget * distance(c, goal)
    }
    return efficient.filter { distance($0, goal) <= Self.near }.min { score($0) < score($1) }
      ?? nearest(goal)
  }

  /// The PSNR of a candidate; at most the highest target, so that an exact candidate is not far from it.
  private func psnr(_ c: Candidate) -> Double { min(Self.psnr(c.error), highest) }

  private func distance(_ c: Candidate, _ goal: Double) -> Double { (psnr(c) - goal).magnitude }

  /// The expected logarithm of the rate at a PSNR, interpolated between neighbours.
  package func logRate(_ goal: Double) -> Double? {
    guard let after = efficient.firstIndex(where: { Self.psnr($0.error) >= goal }) else { return nil }
    guard after > 0 else { return logarithm(efficient[0].bits + 1e-3) }
    let (a, b) = (efficient[after - 1], efficient[after])
    let (from, to) = (Self.psnr(a.error), Self.psnr(b.error))
    let share = to > from ? (goal - from) / (to - from) : 1
    return (1 - share) * logarithm(a.bits + 1e-3) + share * logarithm(b.bits + 1e-3)
  }

  /// The candidate with its finest step adjusted to meet the target, if that is close.
  private func tuned(_ candidate: Candidate, to goal: Double) -> OperatingPoint {
    var point = candidate.point
    let off = max(-1, min(1, goal - psnr(candidate)))
    // A change of 1 dB in PSNR is 1 dB in the step if all components are active, and less otherwise.
    let factor = Float(power(10, -off / 20))
    if point.valueStep > 0 {
      if !hasIntegers { point.valueStep *= factor }
    } else if let last = point.steps.lastIndex(where: { $0 > 0 }) {
      point.steps[last] *= factor
    } else if point.network != nil {
      let near = efficient.filter { $0.point.isWithoutLayers && $0.point.network != nil }
      // Between the network's own points, quality varies with PSNR.
      let above = near.first { Self.psnr($0.error) >= goal }
      let below = near.last { Self.psnr($0.error) < goal }
      if let above, let below, let a = below.point.network, let b = above.point.network,
        b.quality > a.quality, a.relativeStep == 1,
        b.relativeStep == 1,
        b.quality - a.quality < 0.2
      {
        let (from, to) = (Self.psnr(below.error), Self.psnr(above.error))
        let share = Float((goal - from) / (to - from))
        point.network = OperatingPoint.Network(
          quality: a.quality + share * (b.quality - a.quality),
          step: Float(
            exponential(
              Double(1 - share) * logarithm(Double(a.step)) + Double(share) * logarithm(Double(b.step)))))
      }
    }
    return point
  }
}
