import Tensor
import VAEModel

/// The bits of a symbol with the frequency table for given weights: an estimate for the choices of a fit. The actual
/// rate is measured on streams.
package struct SymbolCost {
  private let lowest: Int32
  private let rawBits: Int
  /// The bits of the symbols from the lowest on.
  package let bits: [Float]
  private let escapeBits: Float

  /// The smallest weight that a frequency table gives a symbol.
  private static let leastWeight = Double(1 << 9)

  package init(_ weights: LogisticMixture.SymbolWeights) {
    lowest = weights.lowest
    rawBits = weights.rawBits
    let bit = logarithm(2)
    func cost(_ weight: UInt32) -> Float {
      Float(24 - logarithm(max(Double(weight), Self.leastWeight)) / bit)
    }
    let raw = Float(weights.rawBits)
    bits = weights.weights.map { cost($0) + raw }
    escapeBits = cost(weights.escape)
  }

  /// The bits of `symbol`.
  package func callAsFunction(_ symbol: Int32) -> Float {
    let index = Int(symbol >> Int32(rawBits)) - Int(lowest)
    if index >= 0 && index < bits.count { return bits[index] }
    // An escape is followed by an Elias gamma code, of about twice the number of binary digits.
    let magnitude = index < 0 ? -index : index - bits.count + 1
    return escapeBits + Float(rawBits + 2 * (Int.bitWidth - magnitude.leadingZeroBitCount) - 1)
  }
}
