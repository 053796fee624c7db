import Tensor
import VAEModel

// The steps and trade-offs of a VAE quality. Encoders and training choose them; a stream stores them.

extension LambdaRange {
  private var octaves: Float { Float(logarithm(Double(high) / Double(low))) }

  /// lambda at `u`.
  package func lambda(_ u: Float) -> Float { low * Float(exponential(Double(u) * Double(octaves))) }

  /// The quantization step of latents at `u`, in units of standardized samples.
  package func step(_ u: Float) -> Float {
    let stepAtLow = Float((6 / (logarithm(2) * Double(low))).squareRoot())
    return stepAtLow * Float(exponential(-0.5 * Double(u) * Double(octaves)))
  }
}

extension Model.Network {
  /// The network part of an operating point at quality `u`, with `relativeStep` times the step of that quality.
  package func point(_ u: Float, relativeStep: Float = 1) -> OperatingPoint.Network {
    OperatingPoint.Network(quality: u, step: qualities.step(u) * relativeStep, relativeStep: relativeStep)
  }
}
