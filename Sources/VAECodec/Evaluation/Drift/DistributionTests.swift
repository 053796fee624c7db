import Tensor

// Two-sample tests of new numbers against a stored distribution. Both numbers of rows count: those of the stored sample
// as well as the new ones.

/// The Mann-Whitney test (Mann and Whitney, 1947): whether new numbers are as often above stored ones as below.
///
/// Numbers between the same two edges count as ties, for which the variance is corrected, so that the test stays exact.
struct MannWhitneyTest {
  /// The probability that a new number is above a stored one; ties count half.
  let probabilityAbove: Double
  /// Two-sided, by the normal approximation.
  let pValue: Double

  /// - Parameter intervals: how many new numbers are in each interval of `stored`: one more than it has edges.
  init(_ intervals: [Int], _ stored: StoredDistribution) {
    let (m, n) = (Double(intervals.reduce(0, +)), Double(stored.count))
    guard m > 0, n > 0 else {
      (probabilityAbove, pValue) = (0.5, 1)
      return
    }
    var (above, ties, below) = (0.0, 0.0, 0.0)
    for (i, new) in intervals.enumerated() {
      let upTo = i < stored.counts.count ? Double(stored.counts[i]) : n
      let own = upTo - below
      above += Double(new) * (below + own / 2)
      let t = own + Double(new)
      ties += t * t * t - t
      below = upTo
    }
    probabilityAbove = above / (m * n)
    let all = m + n
    let variance = m * n / 12 * (all + 1 - ties / (all * (all - 1)))
    guard variance > 0 else {
      pValue = 1
      return
    }
    pValue = complementaryError((above - m * n / 2).magnitude / (2 * variance).squareRoot())
  }
}

/// The Kolmogorov-Smirnov test (Smirnov, 1939), at the edges of the stored distribution. Between edges the distributions
/// may differ more: the distance is a lower bound and the p-value an upper one.
struct KolmogorovSmirnovTest {
  /// The largest difference of the shares of numbers that are at most an edge: 0 ... 1.
  let distance: Double
  let pValue: Double

  /// - Parameter intervals: as for ``MannWhitneyTest``.
  init(_ intervals: [Int], _ stored: StoredDistribution) {
    let (m, n) = (Double(intervals.reduce(0, +)), Double(stored.count))
    guard m > 0, n > 0 else {
      (distance, pValue) = (0, 1)
      return
    }
    var (largest, new) = (0.0, 0)
    for (i, count) in stored.counts.enumerated() {
      new += intervals[i]
      largest = max(largest, (Double(new) / m - Double(count) / n).magnitude)
    }
    distance = largest
    // Stephens's approximation for small samples (1970).
    let root = (m * n / (m + n)).squareRoot()
    pValue = Self.tail((root + 0.12 + 0.11 / root) * largest)
  }

  /// The probability that the scaled distance is above `x` (Kolmogorov's distribution).
  private static func tail(_ x: Double) -> Double {
    // The series converges slowly where its sum is 1 to all digits that matter.
    guard x > 0.3 else { return 1 }
    let terms = (1...40).map { k in
      (k % 2 == 1 ? 2.0 : -2.0) * exponential(-2 * Double(k * k) * x * x)
    }
    return min(1, max(0, terms.reduce(0, +)))
  }
}

/// The p-values of several tests by Holm's method (1979): each is small only if so few tests would all be by chance.
func holmAdjusted(_ pValues: [Double]) -> [Double] {
  var adjusted = pValues
  var largest = 0.0
  for (rank, place) in pValues.indices.sorted(by: { (pValues[$0], $0) < (pValues[$1], $1) }).enumerated() {
    largest = max(largest, min(1, pValues[place] * Double(pValues.count - rank)))
    adjusted[place] = largest
  }
  return adjusted
}
