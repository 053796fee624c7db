// From weights of any sum to frequencies of sum 2^15, each at least 1.
//
// The loss is the cross-entropy -sum w log f. Without rounding, it is least where f is proportional to w, but for
// those that the bound holds at 1. So: find which are held, divide the rest in proportion, round down, and give the
// units left over to those that gain most by one.

extension FrequencyTable {
  /// The frequencies for `weights`: integer arithmetic, O(n log n); ties go to the lower index.
  static func frequencies(_ weights: [UInt32]) -> [UInt16] {
    var left = UInt64(total)
    var rest = weights.reduce(0) { $0 + UInt64($1) }
    // Nothing is known: all alike.
    let weights = rest == 0 ? weights.map { _ in 1 } : weights.map { UInt64($0) }
    if rest == 0 { rest = UInt64(weights.count) }
    let lightestFirst = weights.indices.sorted { (weights[$0], $0) < (weights[$1], $1) }

    // Those whose share is below 1 take 1. Each takes more than its share, which lowers the share of the others.
    var frequencies = [UInt64](repeating: 1, count: weights.count)
    let shared = lightestFirst.drop { i in
      guard weights[i] * left < rest else { return false }
      rest -= weights[i]
      left -= 1
      return true
    }
    var spare = left
    for i in shared {
      frequencies[i] = weights[i] * left / rest
      spare -= frequencies[i]
    }
    // One more for a frequency f gains w log((f + 1) / f), about 2 w / (2 f + 1).
    let neediestFirst = shared.sorted { a, b in
      let gainA = weights[a] * (2 * frequencies[b] + 1)
      let gainB = weights[b] * (2 * frequencies[a] + 1)
      return gainA == gainB ? a < b : gainA > gainB
    }
    for i in neediestFirst.prefix(Int(spare)) { frequencies[i] += 1 }
    return frequencies.map { UInt16($0) }
  }
}
