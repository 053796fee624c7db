// From weights of any sum to frequencies of sum 2^15, each at least 1.
//
// The loss is the cross-entropy -sum w log f. Without rounding, it is least where f is proportional to w, but for
// those that the bound holds at 1. So: find which are held, divide the rest in proportion, round down, and give the
// units left over to those that gain most by one.

extension FrequencyTable {
  /// The frequencies for `weights`, as exact arithmetic gives them: O(n log n); ties go to the lower index.
  static func frequencies(_ weights: [UInt32]) -> [UInt16] {
    var left = UInt64(total)
    var rest = weights.reduce(0) { $0 + UInt64($1) }
    // Nothing is known: all alike.
    let weights = rest == 0 ? weights.map { _ in 1 } : weights.map { UInt64($0) }
    if rest == 0 { rest = UInt64(weights.count) }

    // Those whose share is below 1 take 1. Each takes more than its share, which lowers the share of the others.
    for weight in weights.sorted() {
      guard weight * left < rest else { break }
      rest -= weight
      left -= 1
    }
    // Of equal weights, all are held or none: their share is lower after one of them than before. The division tells them
    // from the others again: their shares are 0.
    var frequencies = weights.map { UInt16(max(1, $0 * left / rest)) }
    var spare = total - frequencies.reduce(0) { $0 + Int($1) }
    guard spare > 0 else { return frequencies }
    // Those that are held gain least: less than a third of what a share of 1 weighs, and no other gains less than that.
    let gains = zip(weights, frequencies).map { gain($0, $1) }
    // The units left over go to those that gain most by one.
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

  /// What one more saves a frequency f: w log((f + 1) / f), about 2 w / (2 f + 1); half of that.
  ///
  /// Quotients of a number of 32 bits by one of 17 that differ do so by 2^-49 of themselves at least, and the nearest
  /// doubles differ, too: they compare as the quotients do.
  private static func gain(_ weight: UInt64, _ frequency: UInt16) -> Double {
    Double(weight) / (2 * Double(frequency) + 1)
  }
}
