/// Where on its range of rates a model codes: what a quality stands for, and all that a stream's header has to name
/// for a decoder.
package struct OperatingPoint: Equatable, Sendable {
  /// The VAE's part: its quality in 0 ... 1, and the step of its latents in units of standardized samples.
  package struct Network: Equatable, Sendable {
    /// VAE quality, 0 ... 1.
    package var quality: Float
    /// Quantization step of latents.
    package var step: Float
    /// The step in units of the one that belongs to `quality`, which is that of the prior.
    package var relativeStep: Float

    /// A VAE quality with its step.
    package init(quality: Float, step: Float, relativeStep: Float = 1) {
      self.quality = quality
      self.step = step
      self.relativeStep = relativeStep
    }
  }

  /// nil if the VAE is left out, and the residual is the sample itself.
  package var network: Network?
  /// The step of each linear residual layer, in units of standardized samples; 0 if the layer is left out.
  package var steps: [Float]
  /// The step of the value layer, in the data's units; 0 if it is left out.
  package var valueStep: Float

  /// Whether no layer after the network is used.
  package var isWithoutLayers: Bool { valueStep == 0 && steps.allSatisfy { $0 == 0 } }

  /// Whether the layers' steps are such as arithmetic takes: 0, or a normal number. Then the inverse is finite, too.
  package var hasSteps: Bool { (steps + [valueStep]).allSatisfy { $0 == 0 || ($0 > 0 && $0.isNormal) } }

  /// A point from its parts.
  package init(network: Network?, steps: [Float], valueStep: Float = 0) {
    self.network = network
    self.steps = steps
    self.valueStep = valueStep
  }
}
