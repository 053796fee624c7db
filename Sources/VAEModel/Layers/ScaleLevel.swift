import CKernels

/// Levels of scale: two an octave, by the quotient of a scale and a step. Each has a frequency table of its own.
package enum ScaleLevel {
  /// How many levels there are.
  package static let count = Int(VAEC_LEVELS)

  /// The level of `scale`, in units of the step: as the kernels' `scale_levels` has it.
  @inlinable @inline(__always)
  static func of(_ scale: Float) -> UInt8 {
    // In this order, what is no number becomes the least.
    let least = scale > Float(VAEC_LEAST_SCALE) ? scale : Float(VAEC_LEAST_SCALE)
    let bits = (least < Float(VAEC_MOST_SCALE) ? least : Float(VAEC_MOST_SCALE)).bitPattern >> 22
    return UInt8(truncatingIfNeeded: bits &- UInt32(VAEC_FIRST_LEVEL_BITS))
  }
}
