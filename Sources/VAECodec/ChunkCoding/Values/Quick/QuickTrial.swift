/// Estimates the bits of errors, by the counts of tokens at each level of contexts.
struct QuickTrial: QuickSymbols {
  static let isKnown = true

  private var counts = [UInt32](repeating: 0, count: QuickPass.contexts * QuickToken.count)
  private var raw = 0

  @inline(__always)
  mutating func code(_ error: Int64, _ context: Int) -> Int64 {
    let (token, _, bits) = QuickToken.split(error)
    raw = raw &+ bits
    counts[context % QuickPass.contexts &* QuickToken.count &+ token] &+= 1
    return error
  }

  /// The bits of all errors so far, and of what has to be told of their distributions.
  var bits: Double {
    let logarithms = QuickLogarithms.shared
    var result = Double(raw)
    for first in stride(from: 0, to: counts.count, by: QuickToken.count) {
      var sum: UInt32 = 0
      for count in counts[first..<first + QuickToken.count] where count > 0 {
        sum += count
        result += 2 - logarithms.weighted(count)
      }
      result += logarithms.weighted(sum)
    }
    return result
  }
}
