import CKernels
import Tensor
import VAEModel

extension Parameters {
  /// Initializes parameters for training. The linear paths hold the principal components, and the other paths end in
  /// zeros, so the model is PCA with a uniform quantizer at every quality.
  ///
  /// - Parameters:
  ///   - components: at least `architecture.latents` of them.
  ///   - qualities: the range of VAE qualities; it determines the prior's initial scales.
  ///   - isSharp: whether the decoder starts with sharply bending units, and with gains that suppress latents below the
  ///     noise. That helps to form edges from few latents, and harms data without edges.
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
      // Uniform within 1 / sqrt(inputs), for weights and biases (He et al., arXiv 1502.01852, with a = sqrt 5).
      let fanIn = layer.weight.sharing.map { $0.inputsOfOutput } ?? layer.weight.shape.inputs
      var bound = 1 / Float(fanIn).squareRoot()
      // Of the decoder's inputs, each with variance 1, few are active. With small weights, no unit would bend.
      if isSharp, layer == architecture.decoder.hidden.first { bound = 2 }
      if let sharing = layer.weight.sharing {
        let weights = sharing.stored
        let own = (0..<weights.inputs * weights.outputs).map { _ in bound * (2 * random.uniform() - 1) }
        set(layer.weight, sharing) { own[$0] }
      } else {
        layer.weight.shape.pack({ _, _ in bound * (2 * random.uniform() - 1) }, into: pointer(layer.weight))
      }
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

  /// Sets each latent's gain at each anchor to that of a Wiener filter: the share of the signal that is not noise.
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
