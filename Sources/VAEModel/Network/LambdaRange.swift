/// The trade-off of bits against squared error for a VAE quality u in 0 ... 1, on a log scale.
///
/// The objective is bits + lambda * squared error, for standardized samples. The step is that of a high-rate uniform
/// quantizer with this slope: its error is step^2 / 12 per value, so lambda = 6 / (ln 2 * step^2).
package struct LambdaRange: Equatable, Sendable {
  /// lambda at u = 0.
  package let low: Float
  /// lambda at u = 1.
  package let high: Float

  /// Creates the range from lambda `low` to lambda `high`, both positive.
  package init(low: Float, high: Float) {
    precondition(low > 0 && high >= low)
    self.low = low
    self.high = high
  }
}
