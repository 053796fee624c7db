import CKernels

/// The numbers of a VAE: what training sets and the model file holds.
public struct Parameters: Sendable {
  /// Their sizes and places.
  public let architecture: Architecture
  let buffer: FloatBuffer

  /// All zero.
  init(_ architecture: Architecture) {
    self.architecture = architecture
    buffer = FloatBuffer(count: architecture.count)
  }

  func pointer(_ entry: Architecture.Entry) -> UnsafeMutablePointer<Float> { buffer.pointer + entry.offset }

  /// The start of training: the linear paths hold the principal components, the other paths end in zeros, so the
  /// model is PCA with a uniform quantizer at every quality.
  ///
  /// - Parameters:
  ///   - components: at least `architecture.latents` of them.
  ///   - qualities: what the VAE quality means: it sets the prior's first widths.
  init(
    _ architecture: Architecture, components: PrincipalComponents, qualities: QualityRange,
    random: inout RandomSource
  ) {
    self.init(architecture)
    let basis = components.basis
    architecture.encoder.linear.weight.shape.pack(
      { basis.row($1)[$0] }, into: pointer(architecture.encoder.linear.weight))
    architecture.decoder.linear.weight.shape.pack(
      { basis.row($0)[$1] }, into: pointer(architecture.decoder.linear.weight))
    for layer in architecture.encoder.hidden + architecture.decoder.hidden {
      // Uniform within 1 / sqrt(inputs), weights and biases alike (He et al., arXiv 1502.01852, with a = sqrt 5).
      let bound = 1 / Float(layer.weight.shape.inputs).squareRoot()
      layer.weight.shape.pack({ _, _ in bound * (2 * random.uniform() - 1) }, into: pointer(layer.weight))
      layer.bias.shape.pack({ _, _ in bound * (2 * random.uniform() - 1) }, into: pointer(layer.bias))
    }
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

  /// A copy with numbers of its own.
  func copy() -> Parameters {
    let copy = Parameters(architecture)
    copy.buffer.copy(from: buffer)
    return copy
  }
}
