// The selection of candidates for qualities.

extension OperatingPointSearch {
  /// The Pareto-optimal candidates in bits and error, cheapest first.
  package static func pareto(_ candidates: [Candidate]) -> [Candidate] {
    var sorted = candidates.sorted { ($0.error, $0.bits) < ($1.error, $1.bits) }
    // An exact candidate is the best possible; one whose error is NaN is invalid.
    sorted.removeAll { !($0.error >= 0) || !$0.bits.isFinite }
    var pareto: [Candidate] = []
    for candidate in sorted where candidate.bits < pareto.last?.bits ?? .infinity { pareto.append(candidate) }
    return pareto.reversed()
  }

  /// The candidates near the lower convex hull of bits and error: those that take at most `slack` more bits than a
  /// mixture of two others, each coding a part of the samples, at the same mean error. Cheapest first.
  package static func efficient(_ candidates: [Candidate], slack: Double) -> [Candidate] {
    let all = pareto(candidates)
    var hull: [Candidate] = []
    for c in all {
      while hull.count >= 2 {
        let (a, b) = (hull[hull.count - 2], hull[hull.count - 1])
        // b is above the line from a to c.
        guard (b.error - a.error) * (c.bits - a.bits) >= (c.error - a.error) * (b.bits - a.bits) else {
          break
        }
        hull.removeLast()
      }
      hull.append(c)
    }
    return all.filter { c in
      guard let next = hull.firstIndex(where: { $0.bits >= c.bits }), next > 0 else { return true }
      let (a, b) = (hull[next - 1], hull[next])
      guard a.error > b.error else { return true }
      let share = (a.error - c.error) / (a.error - b.error)
      return c.bits <= (1 + slack) * (a.bits + share * (b.bits - a.bits))
    }
  }
}
