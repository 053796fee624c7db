/// A point on a model's range of rates: what a quality selects, and what a stream's header stores for a decoder.
package struct OperatingPoint: Equatable, Sendable {
  /// The network part: the VAE quality in 0 ... 1, and the step of the latents in units of standardized samples.
  package struct Network: Equatable, Sendable {
    /// The VAE quality, 0 ... 1.
    package var quality: Float
    /// The quantization step of latents.
    package var step: Float
    /// The step relative to the one of `quality`, which is that of the prior.
    package var relativeStep: Float

    /// Creates the network part.
    package init(quality: Float, step: Float, relativeStep: Float = 1) {
      self.quality = quality
      self.step = step
      self.relativeStep = relativeStep
    }
  }

  /// Nil if the VAE is left out, and the residual is the sample itself.
  package var network: Network?
  /// The step of each linear residual layer, in units of standardized samples; 0 if the layer is left out.
  package var steps: [Float]
  /// The step of the value layer, in the data's units; 0 if it is left out.
  package var valueStep: Float

  /// Whether no layer after the network is used.
  package var isWithoutLayers: Bool { valueStep == 0 && steps.allSatisfy { $0 == 0 } }

  /// Whether the layers' steps are valid: 0 or normal numbers, whose inverse is finite too.
  package var hasSteps: Bool { (steps + [valueStep]).allSatisfy { $0 == 0 || ($0 > 0 && $0.isNormal) } }

  /// Creates a point from its parts.
  package init(network: Network?, steps: [Float], valueStep: Float = 0) {
    self.network = network
    self.steps = steps
    self.valueStep = valueStep
  }
}
