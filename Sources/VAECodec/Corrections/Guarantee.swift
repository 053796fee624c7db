/// What a stream promises of every value.
public enum Guarantee: Equatable, Sendable {
  /// Decoded values differ from the samples' by no more than this, exactly; finite and at least 0.
  case maxError(Double)
  /// Decoded samples are the samples, bit for bit.
  case lossless
}
