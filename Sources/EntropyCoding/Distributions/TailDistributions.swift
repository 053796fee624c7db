import CKernels

/// Eight distributions of a number, each a Student t with 4 degrees of freedom: their tails are heavy, as those of prediction
/// errors are, and their distribution function needs no logarithm:
/// F(-a) = (1 - u)^2 (2 + u) / 4 with u = a / sqrt(4 + a^2).
///
/// All arithmetic is IEEE-754 binary64 in a fixed order, so that a decoder computes the same.
package struct TailDistributions {
  /// The number of distributions.
  package static let count = 8
  /// Where the distributions lie.
  package var centers = SIMD8<Double>(repeating: 0)
  /// One over their scales.
  package var inverseScales = SIMD8<Double>(repeating: 1)

  @inlinable
  package init() {}

  /// The probability that the number is above a boundary, or, with a negative sign, below it.
  @inlinable @inline(__always)
  package func tails(_ boundary: Double, sign: Double, _ kernels: UnsafePointer<vaec_kernels>) -> SIMD8<
    Double
  > {
    var result = SIMD8<Double>(repeating: 0)
    withUnsafeBytes(of: self) { own in
      withUnsafeMutableBytes(of: &result) { result in
        guard let own = own.baseAddress?.assumingMemoryBound(to: Double.self),
          let result = result.baseAddress?.assumingMemoryBound(to: Double.self)
        else { return }
        kernels.pointee.tails(own, own + Self.count, boundary, sign, result)
      }
    }
    return result
  }
}
