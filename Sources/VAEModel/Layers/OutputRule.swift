import CKernels

/// Maps a reconstruction to values that the data can hold: clipped to bounds, and rounded if values are integers. NaN
/// becomes the upper bound. Only exact operations are used, so that a decoder computes the same.
package struct OutputRule: Equatable, Sendable {
  /// The smallest value, in the data's units; -infinity if unknown.
  package var lowest: Float
  /// The largest value; infinity if unknown.
  package var highest: Float
  /// Whether values are integers.
  package var isInteger: Bool

  /// Creates a rule; `lowest` must not exceed `highest`.
  package init(lowest: Float = -.infinity, highest: Float = .infinity, isInteger: Bool = false) {
    precondition(lowest <= highest)
    self.lowest = lowest
    self.highest = highest
    self.isInteger = isInteger
  }
}

extension OutputRule {
  /// The rule in the form that kernels take.
  package var kernelRule: vaec_output_rule {
    vaec_output_rule(lowest: lowest, highest: highest, is_integer: isInteger)
  }
}
