import Tensor

/// The last step of a decoder whose outputs are probabilities: maps them to the range between two values of the data.
///
/// reconstruction = offset + factor * logistic(output), in units of standardized samples. Only exact operations are
/// used, so that a decoder computes the same.
package struct LogisticOutput: Sendable {
  /// The values of the data for the probabilities 0 and 1.
  package let lowest: Float
  package let highest: Float
  private let count: Int
  private let factor: Float
  private let offset: FloatBuffer

  /// Maps outputs to the range between the values `lowest` and `highest`, for data standardized by `means` and `scale`.
  package init(lowest: Float, highest: Float, means: [Float], scale: Float) {
    (self.lowest, self.highest) = (lowest, highest)
    let inverse = 1 / scale
    count = means.count
    factor = (highest - lowest) * inverse
    offset = FloatBuffer(count: paddedToPanels(means.count))
    for (i, mean) in means.enumerated() { offset.pointer[i] = (lowest - mean) * inverse }
  }

  /// Replaces a row of the decoder's sums by the reconstruction.
  func apply(_ row: UnsafeMutablePointer<Float>, _ kernels: Kernels) {
    let table = kernels.table.pointee
    table.logistic(row, row, count)
    table.add_scaled(offset.pointer, factor, row, row, count)
  }

  /// Multiplies a gradient by the slope at a reconstruction: factor * p * (1 - p) for its probability p.
  package func applySlope(at reconstruction: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>) {
    guard factor > 0 else { return }
    let inverse = 1 / factor
    for i in 0..<count {
      let p = (reconstruction[i] - offset.pointer[i]) * inverse
      gradient[i] *= factor * p * (1 - p)
    }
  }
}
