// Samples in the units of networks and layers.

import CKernels
import Tensor

extension Model {
  /// target = (x - means) / scale, for rows of `x` that are `stride` numbers apart; `x` may alias the target.
  package func standardize(
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

  /// (x - means) / scale, in place.
  package func standardize(_ x: Matrix, _ kernels: Kernels) {
    standardize(x.row(0), stride: x.stride, rows: x.rows, into: x, kernels)
  }

  /// Rows in the units of networks, with missing values replaced by the mean.
  package func standardized(_ samples: Matrix, kernels: Kernels) -> Matrix {
    let result = samples.copy(rows: 0..<samples.rows)
    result.replaceMissing(by: means, beyond: reach)
    standardize(result, kernels)
    return result
  }

  /// The maximum deviation from the mean that a model accepts, in units of its scale: more than any training row can
  /// have, and small enough that the other values of the row keep their precision.
  private static let reachedDeviations: Float = 0x1p16

  /// Numbers of a greater magnitude are missing to this model.
  package var reach: Float {
    var farthest: Float = 0
    for mean in means { farthest = max(farthest, mean.magnitude) }
    let reach = farthest + Self.reachedDeviations * scale
    return reach < Matrix.greatestKnown ? reach : Matrix.greatestKnown
  }

  /// Replaces each missing number (see ``reach``) by the mean, because networks need a value.
  ///
  /// - Parameter samples: rows x values, in the data's units.
  /// - Returns: the number of missing numbers.
  package func replaceMissing(in samples: UnsafeMutableBufferPointer<Float>) -> Int {
    let reach = self.reach
    var count: UInt32 = 0
    for x in samples { count &+= x.magnitude <= reach ? 0 : 1 }
    if count > 0 {
      for i in samples.indices where !(samples[i].magnitude <= reach) { samples[i] = means[i % values] }
    }
    return Int(count)
  }

  /// target = the samples as the network takes them: standardized, and projected if there is an input projection.
  ///
  /// - Parameters:
  ///   - samples: rows x values, in the data's units.
  ///   - wide: rows x values; scratch space, needed only with an input projection.
  package func prepare(
    _ samples: UnsafeBufferPointer<Float>, rows: Int, wide: Matrix?, into target: Matrix, _ kernels: Kernels
  ) {
    guard let base = samples.baseAddress else { return }
    standardize(base, stride: values, rows: rows, into: wide ?? target, kernels)
    if let inputProjection, let wide {
      kernels.product(
        0..<rows, wide, inputProjection.analysis.buffer.pointer, inputProjection.analysis.shape, into: target)
    }
  }

  /// samples = rule(means + scale * reconstruction): the inverse of ``prepare(_:rows:wide:into:_:)``.
  ///
  /// - Parameters:
  ///   - wide: see ``prepare(_:rows:wide:into:_:)``.
  ///   - isWhole: whether to round integers, for a model of integers.
  package func finish(
    _ reconstruction: Matrix, rows: Int, wide: Matrix?, into samples: UnsafeMutableBufferPointer<Float>,
    isWhole: Bool = true, _ kernels: Kernels
  ) {
    var final = reconstruction
    if let inputProjection, let wide {
      kernels.product(
        0..<rows, reconstruction, inputProjection.synthesis.buffer.pointer, inputProjection.synthesis.shape,
        into: wide)
      final = wide
    }
    guard let base = samples.baseAddress else { return }
    var rule = output.kernelRule
    if !isWhole { rule.is_integer = false }
    means.withUnsafeBufferPointer { means in
      guard let means = means.baseAddress else { return }
      for r in 0..<rows {
        let row = base + r * values
        kernels.table.pointee.add_scaled(means, scale, final.row(r), row, values)
        kernels.table.pointee.apply_rule(row, &rule, row, values)
      }
    }
  }

  /// The bounds of each value in units of standardized samples; nil if there are none, or the network does not work on
  /// values.
  package func standardizedBounds() -> (low: FloatBuffer, high: FloatBuffer)? {
    guard inputProjection == nil, hasBounds else { return nil }
    let inverse = 1 / scale
    let (low, high) = (FloatBuffer(count: paddedToPanels(values)), FloatBuffer(count: paddedToPanels(values)))
    for i in 0..<values {
      let (lowest, highest) = bounds(ofValue: i)
      low.pointer[i] = (lowest - means[i]) * inverse
      high.pointer[i] = (highest - means[i]) * inverse
    }
    return (low, high)
  }

  private var hasBounds: Bool {
    output.lowest > -.infinity || output.highest < .infinity
      || scales.scales.contains { $0.lowest > -.infinity || $0.highest < .infinity }
  }

  /// The smallest and the largest number of a value.
  private func bounds(ofValue i: Int) -> (lowest: Float, highest: Float) {
    guard !scales.isIdentity else { return (output.lowest, output.highest) }
    let scale = scales[i]
    return (scale.number(scale.lowest), scale.number(scale.highest))
  }
}
