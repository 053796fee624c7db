import Tensor
import VAEModel

/// Chooses the operating points of the qualities 0 ... 100 from candidates: uniform in PSNR, each the cheapest way to get
/// there. Where values are fractions, the points end at a quality below: bounds on every error take over from there.
package struct QualityLadder {
  package typealias Candidate = OperatingPointSearch.Candidate

  /// Candidates near the lower hull of bits and error, or those that no other beats in both; cheapest first.
  package let efficient: [Candidate]
  /// Whether values are integers.
  let hasIntegers: Bool
  let lowest: Double
  let highest: Double

  /// PSNR against a peak of 1 in units of standardized samples.
  package static func psnr(_ error: Double) -> Double { -decibels(max(error, 1e-14)) }

  /// - Parameters:
  ///   - lowest: PSNR of quality 0.
  ///   - highest: PSNR of the last point, where candidates reach it.
  ///   - countsFiles: whether the candidates' bits are those of whole files, each with the part of the model that it needs:
  ///     then no two of them can be mixed.
  package init(
    _ candidates: [Candidate], lowest: Double, highest: Double, hasIntegers: Bool, countsFiles: Bool = false
  ) {
    self.hasIntegers = hasIntegers
    efficient =
      countsFiles
      ? OperatingPointSearch.pareto(candidates)
      : OperatingPointSearch.efficient(candidates, slack: Self.slack)
    self.highest = min(highest, efficient.last.map { Self.psnr($0.error) } ?? highest)
    self.lowest = min(lowest, self.highest)
  }

  /// The last quality with a point of its own, where values are fractions; those above it have the same.
  package static let highestOfFractions = 90

  /// The PSNR that a quality's point stands for.
  package func target(_ quality: Double) -> Double {
    let last = hasIntegers ? 100 : Double(Self.highestOfFractions)
    return lowest + (highest - lowest) * min(1, quality / last)
  }

  /// Candidates may take this much more than the best mixture of two others: denser choice, and little lost.
  private static let slack = 0.05
  /// Candidates this near to a target, in dB, compete for it.
  private static let near = 1.0
  /// What being off the target costs, in log of the rate per dB.
  private static let offTarget = 0.02

  /// The point of a quality.
  package func point(_ quality: Double) -> OperatingPoint {
    let goal = target(quality)
    guard let closest = efficient.min(by: { distance($0, goal) < distance($1, goal) }) else {
      return OperatingPoint(network: nil, steps: [])
    }
    // The price of PSNR hereabouts, by which candidates a little off are compared.
    var slope = 0.05
    if let below = logRate(goal - 2), let above = logRate(goal + 2) { slope = max(0, above - below) / 4 }
    func score(_ c: Candidate) -> Double {
      logarithm(c.bits + 1e-3) - slope * (Self.psnr(c.error) - goal) + Self.offTarget * distance(c, goal)
    }
    let competing = efficient.filter { distance($0, goal) <= Self.near }
    guard let best = competing.min(by: { score($0) < score($1) }) else { return closest.point }
    let point = tuned(best, to: goal)
    return point.hasSteps ? point : best.point
  }

  private func distance(_ c: Candidate, _ goal: Double) -> Double { (Self.psnr(c.error) - goal).magnitude }

  /// Expected log of the rate at a PSNR: between its neighbours in PSNR.
  package func logRate(_ goal: Double) -> Double? {
    guard let after = efficient.firstIndex(where: { Self.psnr($0.error) >= goal }) else { return nil }
    guard after > 0 else { return logarithm(efficient[0].bits + 1e-3) }
    let (a, b) = (efficient[after - 1], efficient[after])
    let (from, to) = (Self.psnr(a.error), Self.psnr(b.error))
    let share = to > from ? (goal - from) / (to - from) : 1
    return (1 - share) * logarithm(a.bits + 1e-3) + share * logarithm(b.bits + 1e-3)
  }

  /// The candidate with its finest step moved so as to hit the target, where that is near.
  private func tuned(_ candidate: Candidate, to goal: Double) -> OperatingPoint {
    var point = candidate.point
    let off = max(-1, min(1, goal - Self.psnr(candidate.error)))
    // One dB of PSNR is one dB of the step where all components are active, and less below.
    let factor = Float(power(10, -off / 20))
    if point.valueStep > 0 {
      if !hasIntegers { point.valueStep *= factor }
    } else if let last = point.steps.lastIndex(where: { $0 > 0 }) {
      point.steps[last] *= factor
    } else if point.network != nil {
      let near = efficient.filter { $0.point.isWithoutLayers && $0.point.network != nil }
      // Between the network's own points, quality moves with PSNR.
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
