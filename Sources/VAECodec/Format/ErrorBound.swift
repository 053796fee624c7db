/// What a stream promises of every value.
public enum ErrorBound: Equatable, Sendable {
  /// Decoded values differ from the samples' by no more than this, exactly; values that are no finite numbers come back bit
  /// for bit.
  case maxError(Double)
  /// Decoded samples are the samples, bit for bit.
  case lossless

  /// Bounds that can be promised.
  public static let bounds: ClosedRange<Double> = 0...0x1p1000
}

/// What an encoder is asked to guarantee.
public enum ErrorBoundRequest: Equatable, Sendable {
  /// No value is to be off by more than this: from 0 to 2^1000.
  case maxError(Double)
  /// No value is to be off by more than this share of the range of the samples' finite values.
  case maxErrorOfRange(Double)
  /// Every bit is to come back.
  case lossless
}
