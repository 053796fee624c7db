// Samples in the units that networks and layers work in.

import CKernels

extension Model {
  /// target = (x - means) / scale, for rows of `x` that are `stride` numbers apart; `x` may be the target's own.
  func standardize(
    _ x: UnsafePointer<Float>, stride: Int, rows: Int, into target: Matrix, _ kernels: Kernels
  ) {
    let inverse = 1 / scale
    let table = kernels.table.pointee
    means.withUnsafeBufferPointer { means in
      guard let means = means.baseAddress else { return }
      for r in 0..<rows {
        let row = target.row(r)
        table.add_scaled(x + r * stride, -1, means, row, values)
        table.scale(row, inverse, row, values)
      }
    }
  }

  /// The output rule's bounds of each value in units of standardized samples; nil where there are none, or where
  /// the network does not work on values.
  func standardizedBounds() -> (low: FloatBuffer, high: FloatBuffer)? {
    guard front == nil, output.lowest > -.infinity || output.highest < .infinity else { return nil }
    let inverse = 1 / scale
    let (low, high) = (FloatBuffer(count: paddedToPanels(values)), FloatBuffer(count: paddedToPanels(values)))
    for i in 0..<values {
      low.pointer[i] = (output.lowest - means[i]) * inverse
      high.pointer[i] = (output.highest - means[i]) * inverse
    }
    return (low, high)
  }
}
