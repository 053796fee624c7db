import CKernels
import Tensor
import VAEModel

extension Parameters {
  /// The start of training: the linear paths hold the principal components, the other paths end in zeros, so the
  /// model is PCA with a uniform quantizer at every quality.
  ///
  /// - Parameters:
  ///   - components: at least `architecture.latents` of them.
  ///   - qualities: what the VAE quality means: it sets the prior's first widths.
  ///   - isSharp: whether the decoder starts with units that bend sharply, and hears only latents above the noise. It
  ///     then makes edges of few latents; where there are none, it is better off without.
  init(
    _ architecture: Architecture, components: PrincipalComponents, qualities: LambdaRange,
    isSharp: Bool = false, random: inout RandomSource
  ) {
    self.init(architecture)
    let basis = components.basis
    architecture.encoder.linear.weight.shape.pack(
      { basis.row($1)[$0] }, into: pointer(architecture.encoder.linear.weight))
    architecture.decoder.linear.weight.shape.pack(
      { basis.row($0)[$1] }, into: pointer(architecture.decoder.linear.weight))
    for layer in architecture.encoder.hidden + architecture.decoder.hidden {
      // Uniform within 1 / sqrt(inputs), weights and biases alike (He et al., arXiv 1502.01852, with a = sqrt 5).
      var bound = 1 / Float(layer.weight.shape.inputs).squareRoot()
      // Of the decoder's inputs, each with a variance of 1, few are at work: were its weights small, no unit would bend.
      if isSharp, layer == architecture.decoder.hidden.first { bound = 2 }
      layer.weight.shape.pack({ _, _ in bound * (2 * random.uniform() - 1) }, into: pointer(layer.weight))
      layer.bias.shape.pack({ _, _ in bound * (2 * random.uniform() - 1) }, into: pointer(layer.bias))
    }
    if isSharp { quietDecoder(variances: components.variances, qualities: qualities) }
    let prior = pointer(architecture.prior)
    for anchor in 0..<architecture.anchors {
      let u = Float(anchor) / Float(architecture.anchors - 1)
      for latent in 0..<architecture.latents {
        let scale = Float(components.variances[latent].squareRoot()) / qualities.step(u)
        for component in 0..<VAEC_MIXTURE {
          func set(_ kind: Int, _ value: Float) {
            let column = architecture.priorColumn(kind: kind, component: component, latent: latent)
            prior[architecture.prior.shape.index(anchor, column)] = value
          }
          set(0, Float(component - 1) * scale)
          set(1, Float(logarithm(Double(max(0.1, 0.45 * scale)))))
        }
      }
    }
  }

  /// Gives each latent Wiener's gain at each anchor: of what arrives, the share that is not noise.
  private func quietDecoder(variances: [Double], qualities: LambdaRange) {
    let entry = architecture.decoder.gain
    for anchor in 0..<architecture.anchors {
      let level = Spectrum.level(
        step: Double(qualities.step(Float(anchor) / Float(architecture.anchors - 1))))
      for latent in 0..<architecture.latents {
        let share = max(1e-3, variances[latent] / (variances[latent] + level))
        pointer(entry)[entry.shape.index(anchor, latent)] = Float(logarithm(share))
      }
    }
  }
}
