import CKernels

/// The activation of hidden units.
package enum Activation: UInt8, Sendable {
  /// x min(max(x + 3, 0), 6) / 6 (Howard et al., arXiv 1905.02244).
  case hardSwish = 0
  /// max(x, 0).
  case relu = 1

  /// The same for the kernels.
  var kernelValue: Int32 {
    switch self {
    case .hardSwish: Int32(VAEC_HARD_SWISH)
    case .relu: Int32(VAEC_RELU)
    }
  }
}
