import CKernels

/// How a reconstruction becomes values that the data can hold: clipped to bounds, and rounded where values are
/// integers. Exact operations only: a decoder computes it.
public struct OutputRule: Equatable, Sendable {
  /// The least value, in the data's units; -infinity where none is known.
  public var lowest: Float
  /// The greatest value; infinity where none is known.
  public var highest: Float
  /// Whether values are integers.
  public var isInteger: Bool

  /// A rule from its parts; `lowest` must not exceed `highest`.
  public init(lowest: Float = -.infinity, highest: Float = .infinity, isInteger: Bool = false) {
    precondition(lowest <= highest)
    self.lowest = lowest
    self.highest = highest
    self.isInteger = isInteger
  }

  /// Whether it changes nothing.
  var isIdentity: Bool { !isInteger && lowest == -.infinity && highest == .infinity }
}

extension OutputRule {
  /// The same for the kernels.
  var kernelRule: vaec_output_rule {
    vaec_output_rule(lowest: lowest, highest: highest, is_integer: isInteger)
  }
}
