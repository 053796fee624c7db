/// What a VAE quality u in 0 ... 1 means: the trade of bits against squared error, on a log scale.
///
/// The objective is bits + lambda * squared error, for standardized samples. The step is the one at which a
/// uniform quantizer of high rate has that slope: its error is step^2 / 12 a value, so
/// lambda = 6 / (ln 2 * step^2).
package struct LambdaRange: Equatable, Sendable {
  /// lambda at u = 0.
  package let low: Float
  /// lambda at u = 1.
  package let high: Float

  /// The range from lambda `low` to lambda `high`, both positive.
  package init(low: Float, high: Float) {
    precondition(low > 0 && high >= low)
    self.low = low
    self.high = high
  }
}
