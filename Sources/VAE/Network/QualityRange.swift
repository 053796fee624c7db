/// What a VAE quality u in 0 ... 1 means: the trade of bits against squared error, on a log scale.
///
/// The objective is bits + lambda * squared error, for standardized samples. The step is the one at which a
/// uniform quantizer of high rate has that slope: its error is step^2 / 12 a value, so
/// lambda = 6 / (ln 2 * step^2).
public struct QualityRange: Equatable, Sendable {
  /// lambda at u = 0.
  public let low: Float
  /// lambda at u = 1.
  public let high: Float
  private let stepAtLow: Float
  private let octaves: Float

  /// The range from lambda `low` to lambda `high`, both positive.
  public init(low: Float, high: Float) {
    precondition(low > 0 && high >= low)
    self.low = low
    self.high = high
    stepAtLow = Float((6 / (logarithm(2) * Double(low))).squareRoot())
    octaves = Float(logarithm(Double(high) / Double(low)))
  }

  /// lambda at `u`: for training only.
  func lambda(_ u: Float) -> Float { low * Float(exponential(Double(u) * Double(octaves))) }

  /// The quantization step of latents at `u`, in units of standardized samples: for training only; a stream
  /// names its step.
  func step(_ u: Float) -> Float { stepAtLow * Float(exponential(-0.5 * Double(u) * Double(octaves))) }
}
