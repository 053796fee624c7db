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
  package func tails(_ boundary: Double, sign: Double) -> SIMD8<Double> {
    var d = (SIMD8(repeating: boundary) - centers) * inverseScales * sign
    // Also replaces NaN.
    d.replace(with: 0x1p200, where: .!(d .< 0x1p200))
    d.replace(with: -0x1p200, where: d .< -0x1p200)
    var a = d
    a.replace(with: -d, where: d .< 0)
    let q = a * a + 4
    let u = a / q.squareRoot()
    let rest = (4 / q) / (u + 1)
    var tail = rest * rest * (u + 2) * 0.25
    tail.replace(with: 1 - tail, where: d .<= 0)
    return tail
  }
}
