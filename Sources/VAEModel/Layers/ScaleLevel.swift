import CKernels

/// Levels of scale, by the quotient of scale and step: two per octave. Each has its own frequency table.
package enum ScaleLevel {
  /// The number of levels.
  package static let count = Int(VAEC_LEVELS)

  /// The level of `scale`, in units of the step; equal to that of the kernels' `scale_levels`.
  @inlinable @inline(__always)
  static func of(_ scale: Float) -> UInt8 {
    // NaN fails this comparison and becomes the smallest scale.
    let least = scale > Float(VAEC_LEAST_SCALE) ? scale : Float(VAEC_LEAST_SCALE)
    let bits = (least < Float(VAEC_MOST_SCALE) ? least : Float(VAEC_MOST_SCALE)).bitPattern >> 22
    return UInt8(truncatingIfNeeded: bits &- UInt32(VAEC_FIRST_LEVEL_BITS))
  }
}
