import CKernels

/// How a reconstruction becomes values that the data can hold: clipped to bounds, and rounded where values are
/// integers. What is no number becomes the upper bound. Exact operations only: a decoder computes it.
package struct OutputRule: Equatable, Sendable {
  /// The least value, in the data's units; -infinity where none is known.
  package var lowest: Float
  /// The greatest value; infinity where none is known.
  package var highest: Float
  /// Whether values are integers.
  package var isInteger: Bool

  /// A rule from its parts; `lowest` must not exceed `highest`.
  package init(lowest: Float = -.infinity, highest: Float = .infinity, isInteger: Bool = false) {
    precondition(lowest <= highest)
    self.lowest = lowest
    self.highest = highest
    self.isInteger = isInteger
  }
}

extension OutputRule {
  /// The same for the kernels.
  package var kernelRule: vaec_output_rule {
    vaec_output_rule(lowest: lowest, highest: highest, is_integer: isInteger)
  }
}
