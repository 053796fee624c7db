// Normalization of weights to frequencies that sum to 2^15, each at least 1.
//
// The loss is the cross-entropy -sum w log f. Without rounding, it is minimal if f is proportional to w, except for
// those frequencies held at 1 by their lower bound. The algorithm determines these, divides the rest in proportion,
// rounds down, and gives the remaining units to the frequencies that gain most from one more.

extension FrequencyTable {
  /// The frequencies for `weights`, by exact arithmetic in O(n log n); ties go to the lower index.
  static func frequencies(_ weights: [UInt32]) -> [UInt16] {
    var left = UInt64(total)
    var rest = weights.reduce(0) { $0 + UInt64($1) }
    // Without any weight, all are equal.
    let weights = rest == 0 ? weights.map { _ in 1 } : weights.map { UInt64($0) }
    if rest == 0 { rest = UInt64(weights.count) }

    // Weights whose share is below 1 get 1. Each takes more than its share, which lowers the share of the others.
    for weight in weights.sorted() {
      guard weight * left < rest else { break }
      rest -= weight
      left -= 1
    }
    // Equal weights are all held at 1, or none is, because taking one lowers the share of the next. The division below
    // recognizes those held: their quotient is 0.
    var frequencies = weights.map { UInt16(max(1, $0 * left / rest)) }
    var spare = total - frequencies.reduce(0) { $0 + Int($1) }
    guard spare > 0 else { return frequencies }
    // Those held gain least: less than a third of the weight that a share of 1 has; no other gains less than that.
    let gains = zip(weights, frequencies).map { gain($0, $1) }
    // The remaining units go to the frequencies that gain most from one more.
    let least = gains.sorted(by: >)[spare - 1]
    for i in gains.indices where gains[i] > least {
      frequencies[i] += 1
      spare -= 1
    }
    for i in gains.indices where gains[i] == least && spare > 0 {
      frequencies[i] += 1
      spare -= 1
    }
    return frequencies
  }

  /// The gain of increasing the frequency f by one: w log((f + 1) / f), about 2 w / (2 f + 1); half of that.
  ///
  /// Different quotients of a 32-bit by a 17-bit number differ by at least 2^-49 of their value, so that their nearest
  /// doubles differ too and compare as the quotients do.
  private static func gain(_ weight: UInt64, _ frequency: UInt16) -> Double {
    Double(weight) / (2 * Double(frequency) + 1)
  }
}
