import CKernels
import Tensor

/// A mixture of logistic densities: the shape of one latent's prior, or of one residual component's.
///
/// Everything here that a decoder needs is computed by exact operations and the kernels' own exponential, so the
/// integers that come out are the same on every machine.
package struct LogisticMixture: Equatable, Sendable {
  /// Components of a mixture.
  package static let components = Int(VAEC_MIXTURE)

  /// Location of each component, in the units of what is coded.
  package var means: [Float]
  /// Logarithm of each component's scale.
  package var logScales: [Float]
  /// Logarithm of each component's weight, up to a constant.
  package var logits: [Float]

  package init(means: [Float], logScales: [Float], logits: [Float]) {
    self.means = means
    self.logScales = logScales
    self.logits = logits
  }

  /// What a frequency table is made of: the weight of each symbol from `lowest` on, in units of 2^-24 of the whole,
  /// and of all others together.
  package struct SymbolWeights: Equatable, Sendable {
    /// The symbol that `weights[0]` belongs to.
    package var lowest: Int32
    /// One weight a symbol; at least one symbol.
    package var weights: [UInt32]
    /// The weight of everything outside.
    package var escape: UInt32
    /// Symbols stand for 2^rawBits neighbouring values each.
    package var rawBits: Int
  }

  /// A table holds at most this many symbols; wider densities code low bits raw.
  static let widestTable = 1024

  /// The weights of the symbols round(x / step), for x of this density.
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
    // Means that are no numbers, as a damaged network makes them, have no range.
    if low > high { (low, high) = (0, 0) }
    let limit: Float = 0x1p29
    var first = Int32(max(-limit, min(limit, low.rounded(.down))))
    var last = Int32(max(-limit, min(limit, high.rounded(.up))))
    while true {
      var rawBits = 0
      while (last >> Int32(rawBits)) - (first >> Int32(rawBits)) >= Int32(Self.widestTable) { rawBits += 1 }
      let lowest = first >> Int32(rawBits)
      let count = Int((last >> Int32(rawBits)) - lowest) + 1
      // Symbol t stands for the values t 2^rawBits ..< (t + 1) 2^rawBits, each half a unit to either side.
      let edges = (0...count).map { (Float((Int(lowest) + $0) &<< rawBits) - 0.5) * step }
      let result = trimmed(cumulative(edges, scales, kernels), lowest: lowest, rawBits: rawBits)
      // A light, wide component asks for a range that holds next to nothing: without it, the symbols are finer.
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
    // To the nearest integer, ties to even: without a call of the mathematics library, see `RDOQuantizer.swift`.
    return result.map { Int32((Double($0 * 0x1p24) + 0x1.8p52) - 0x1.8p52) }
  }

  /// Weights between neighbouring edges, without the symbols at either end that an escape serves as well.
  private func trimmed(_ cumulative: [Int32], lowest: Int32, rawBits: Int) -> SymbolWeights {
    // 2^-18 of the whole: an eighth of the least that a table gives a symbol.
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
