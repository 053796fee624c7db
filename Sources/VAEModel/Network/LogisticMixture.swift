import CKernels
import Tensor

/// A mixture of logistic densities: the prior of one latent, or the density of one residual component.
///
/// Everything that a decoder needs is computed with exact operations and the kernels' own exponential function, so the
/// resulting integers are the same on every machine.
package struct LogisticMixture: Equatable, Sendable {
  /// The number of components in a mixture.
  package static let components = Int(VAEC_MIXTURE)

  /// The location of each component, in the units of the coded quantity.
  package var means: [Float]
  /// The logarithm of each component's scale.
  package var logScales: [Float]
  /// The logarithm of each component's weight, up to a constant.
  package var logits: [Float]

  package init(means: [Float], logScales: [Float], logits: [Float]) {
    self.means = means
    self.logScales = logScales
    self.logits = logits
  }

  /// The weights of a frequency table: that of each symbol from `lowest` on, and that of all others together, in units
  /// of 2^-24 of the whole.
  package struct SymbolWeights: Equatable, Sendable {
    /// The symbol of `weights[0]`.
    package var lowest: Int32
    /// One weight per symbol; at least one symbol.
    package var weights: [UInt32]
    /// The weight of all other symbols.
    package var escape: UInt32
    /// Each symbol represents 2^rawBits neighbouring values.
    package var rawBits: Int
  }

  /// The maximum number of symbols in a table; wider densities store low bits raw.
  static let widestTable = 1024

  /// The weights of the symbols round(x / step), for x with this density.
  ///
  /// - Parameter step: positive.
  package func symbolWeights(step: Float, kernels: Kernels) -> SymbolWeights {
    let inverseStep = 1 / step
    var scales = logScales
    kernels.exponential(&scales)
    // A logistic density has 2^-17 of its mass beyond 12 scales.
    var low = Float.infinity
    var high = -Float.infinity
    for m in 0..<Self.components {
      low = min(low, (means[m] - 12 * scales[m]) * inverseStep)
      high = max(high, (means[m] + 12 * scales[m]) * inverseStep)
    }
    // NaN means, which a damaged network can give, have no range.
    if low > high { (low, high) = (0, 0) }
    let limit: Float = 0x1p29
    var first = Int32(max(-limit, min(limit, low.rounded(.down))))
    var last = Int32(max(-limit, min(limit, high.rounded(.up))))
    while true {
      var rawBits = 0
      while (last >> Int32(rawBits)) - (first >> Int32(rawBits)) >= Int32(Self.widestTable) { rawBits += 1 }
      let lowest = first >> Int32(rawBits)
      let count = Int((last >> Int32(rawBits)) - lowest) + 1
      // Symbol t represents the values t 2^rawBits ..< (t + 1) 2^rawBits, extended by half a unit on either side.
      let edges = (0...count).map { (Float((Int(lowest) + $0) &<< rawBits) - 0.5) * step }
      let result = trimmed(cumulative(edges, scales, kernels), lowest: lowest, rawBits: rawBits)
      // A light, wide component claims a range that holds almost nothing. Without it, the symbols are finer.
      if rawBits == 0 || result.weights.count * 2 > Self.widestTable { return result }
      first = result.lowest << Int32(rawBits)
      last = (result.lowest + Int32(result.weights.count)) << Int32(rawBits) - 1
    }
  }

  /// The distribution function at `edges`, in units of 2^-24.
  private func cumulative(_ edges: [Float], _ scales: [Float], _ kernels: Kernels) -> [Int32] {
    var shares = logits
    let top = max(shares[0], max(shares[1], shares[2]))
    for m in 0..<Self.components { shares[m] -= top }
    kernels.exponential(&shares)
    var total: Float = 0
    for share in shares { total += share }
    var result = [Float](repeating: 0, count: edges.count)
    var power = [Float](repeating: 0, count: edges.count)
    for m in 0..<Self.components {
      let inverse = 1 / scales[m]
      let share = shares[m] / total
      for i in edges.indices { power[i] = (means[m] - edges[i]) * inverse }
      kernels.exponential(&power)
      for i in edges.indices { result[i] += share / (1 + power[i]) }
    }
    // Rounds to the nearest integer, ties to even, without a library call; see `RDOQuantizer.swift`.
    return result.map { Int32((Double($0 * 0x1p24) + 0x1.8p52) - 0x1.8p52) }
  }

  /// The weights between neighbouring edges, without the symbols at either end that an escape serves as well.
  private func trimmed(_ cumulative: [Int32], lowest: Int32, rawBits: Int) -> SymbolWeights {
    // 2^-18 of the whole: an eighth of the smallest weight that a table gives a symbol.
    let least: Int32 = 1 << 6
    var from = 0
    var to = cumulative.count - 1
    while from + 1 < to, cumulative[from + 1] - cumulative[from] < least { from += 1 }
    while to - 1 > from, cumulative[to] - cumulative[to - 1] < least { to -= 1 }
    let weights = (from..<to).map { UInt32(max(0, cumulative[$0 + 1] - cumulative[$0])) }
    let inside = max(0, min(1 << 24, cumulative[to] - cumulative[from]))
    return SymbolWeights(
      lowest: lowest + Int32(from), weights: weights, escape: UInt32((1 << 24) - inside), rawBits: rawBits)
  }
}
