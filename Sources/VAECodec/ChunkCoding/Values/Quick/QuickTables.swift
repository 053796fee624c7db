import EntropyCoding

/// The distributions of tokens: which contexts share one, and the frequencies of its tokens, which sum to 2^15.
struct QuickTables: Equatable {
  /// The number of tokens, 1 to ``QuickToken/count``.
  var tokens: Int
  /// The distribution of each context; 0 for contexts that do not occur.
  var clusters: [UInt8]
  /// The weights of tokens, distribution by distribution; each has at most three significant bits.
  var weights: [UInt32]

  static let precision: UInt32 = 15
  static let maximumClusters = 255
  static let largestWeight: UInt32 = 1 << 15

  /// The number of distributions.
  var count: Int { weights.count / max(1, tokens) }

  /// Codes the tables.
  ///
  /// - Parameters:
  ///   - tables: nil for a decoder.
  ///   - used: whether a context occurs; a decoder ignores it.
  ///   - contexts: the number of contexts.
  /// - Returns: the tables; nil if the bits are those of none.
  static func code<Coder: BitCoding>(
    _ tables: QuickTables?, used: [Bool], contexts: Int, _ integers: inout QuickIntegers, _ coder: inout Coder
  ) -> QuickTables? {
    let tokens = integers.code(UInt64((tables?.tokens ?? 1) - 1), .tokens, &coder) + 1
    guard tokens <= UInt64(QuickToken.count) else { return nil }
    var result = QuickTables(
      tokens: Int(tokens), clusters: [UInt8](repeating: 0, count: contexts), weights: [])
    guard let count = result.codeClusters(tables, used, &integers, &coder) else { return nil }
    result.codeWeights(tables, count: count, &integers, &coder)
    return result
  }

  /// Codes the distribution of each context that occurs, by the number of others before it. 0 stands for that before, 1 for a
  /// new one, and k + 2 for distribution k.
  private mutating func codeClusters<Coder: BitCoding>(
    _ tables: QuickTables?, _ used: [Bool], _ integers: inout QuickIntegers, _ coder: inout Coder
  ) -> Int? {
    var (next, last, count) = (0, 0, 0)
    while true {
      var gap = 0
      if let tables { while next + gap < tables.clusters.count, !used[next + gap] { gap += 1 } }
      let found = integers.code(UInt64(gap), .gap, &coder)
      guard found <= UInt64(clusters.count - next) else { return nil }
      next += Int(found)
      guard next < clusters.count else { return count > 0 ? count : nil }
      var symbol: UInt64 = 0
      if let tables {
        let own = Int(tables.clusters[next])
        symbol = own == count ? 1 : own == last ? 0 : UInt64(own + 2)
      }
      let coded = integers.code(symbol, .cluster, &coder)
      if coded == 1 {
        guard count < Self.maximumClusters else { return nil }
        last = count
        count += 1
      } else if coded > 1 {
        guard coded - 2 < UInt64(count) else { return nil }
        last = Int(coded - 2)
      }
      guard last < count else { return nil }
      clusters[next] = UInt8(last)
      next += 1
    }
  }

  /// Codes the weights, each by its class, from those of the token before and of the same token in the distribution before.
  private mutating func codeWeights<Coder: BitCoding>(
    _ tables: QuickTables?, count: Int, _ integers: inout QuickIntegers, _ coder: inout Coder
  ) {
    var above = [Int64](repeating: 0, count: tokens)
    for cluster in 0..<count {
      var before: Int64 = 0
      for token in 0..<tokens {
        let own = tables.map { Int64(Self.weightClass($0.weights[cluster * tokens + token])) } ?? 0
        let expected = cluster == 0 ? before : (before + 2 * above[token]) / 3
        let found: Int64
        if expected == 0 {
          found = Int64(clamping: integers.code(UInt64(own), .firstFrequency, &coder))
        } else {
          found = expected &+ integers.code(signed: own - expected, .frequency, &coder)
        }
        before = max(0, min(Int64(Self.largestClass), found))
        above[token] = before
        weights.append(Self.weight(class: UInt32(before)))
      }
    }
  }

  private static let largestClass = weightClass(largestWeight)

  /// The class of a weight with three significant bits: the weight itself below 8, and four for each octave.
  private static func weightClass(_ weight: UInt32) -> UInt32 {
    guard weight >= 8 else { return weight }
    let octave = UInt32(31 - weight.leadingZeroBitCount)
    return 8 + (octave - 3) * 4 + weight >> (octave - 2) & 3
  }

  private static func weight(class number: UInt32) -> UInt32 {
    number < 8 ? number : (4 + (number - 8) % 4) << ((number - 8) / 4 + 1)
  }

  /// The nearest weight with three significant bits, at least 1 for any count.
  static func weight(_ count: UInt32, of all: UInt32) -> UInt32 {
    guard count > 0 else { return 0 }
    let share =
      all > largestWeight
      ? UInt32((UInt64(count) << UInt64(precision) + UInt64(all) / 2) / UInt64(all)) : count
    guard share >= 8 else { return max(1, share) }
    let shift = UInt32(31 - share.leadingZeroBitCount) - 2
    let rounded = (share + (1 << (shift - 1))) >> shift
    return min(largestWeight, rounded << shift)
  }

  /// Where each token begins in its distribution, and where the last ends: ``tokens`` + 1 numbers for each distribution.
  ///
  /// Tokens with a weight get their share rounded down, at least 1; that with the largest weight, the first of several, gets
  /// the rest. A distribution without weights is that of the first token.
  func starts() -> [UInt16] {
    var starts: [UInt16] = []
    var frequencies = [UInt32](repeating: 0, count: tokens)
    for cluster in 0..<count {
      let own = weights[cluster * tokens..<(cluster + 1) * tokens]
      let sum = own.reduce(UInt64(0)) { $0 + UInt64($1) }
      var (largest, left): (Int, Int32) = (0, 1 << Int32(Self.precision))
      for token in 0..<tokens {
        let weight = own[own.startIndex + token]
        frequencies[token] =
          weight == 0 ? 0 : max(1, UInt32(UInt64(weight) << UInt64(Self.precision) / sum))
        left -= Int32(frequencies[token])
        if weight > own[own.startIndex + largest] { largest = token }
      }
      // The rest may be less than nothing, if many tokens were given 1; the largest has more than that.
      frequencies[largest] = UInt32(Int32(frequencies[largest]) + left)
      var start: UInt32 = 0
      for token in 0..<tokens {
        starts.append(UInt16(start))
        start += frequencies[token]
      }
      starts.append(UInt16(start))
    }
    return starts
  }
}
