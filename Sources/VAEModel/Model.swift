import Tensor

/// A fitted model: everything that encoding and decoding samples needs. It is immutable.
///
/// Encoding standardizes a sample, projects it if samples are large, and applies the VAE and then the residual layers
/// in order. Decoding reverses these steps.
package struct Model: Sendable {
  /// The map between the model's numbers and the data's values. Everything below is in terms of the numbers.
  package var scales = ValueScales()
  /// Subtracted from each number.
  package var means: [Float]
  /// The divisor of all numbers: their common standard deviation.
  package var scale: Float
  /// An orthonormal basis that the network works in, components x values, for samples of very many values.
  package var inputProjection: InputProjection?
  /// The VAE; nil if it does not pay.
  package var network: Network?
  /// The linear residual layers, in the order of application.
  package var layers: [KLTLayer]
  /// Complete PCA of the training rows, the baseline that ``linearCurve(_:kernels:workers:)`` compares the model with;
  /// nil if samples are too large for it.
  package var baseline: KLTLayer?
  /// The layer that codes value by value; nil if it does not pay.
  package var valueLayer: ValueLayer?
  /// The rule from reconstructions to values of the data.
  package var output: OutputRule
  /// The operating point of each quality 0 ... 100; none in a model that serves one point.
  package var qualities: [OperatingPoint]
  /// Metadata that the codec stores with the model; not interpreted here.
  package var notes: [UInt8]

  /// The maximum number of values in a sample.
  package static let maximumValues = 65_536

  /// The number of values in a sample.
  package var values: Int { means.count }

  /// A model without content: all `values` values of a sample are 0. It has no qualities.
  package init(zeros values: Int) {
    self.init(
      means: [Float](repeating: 0, count: values), scale: 1, inputProjection: nil, network: nil, layers: [],
      baseline: nil, valueLayer: nil, output: OutputRule(), qualities: [], notes: [])
  }

  /// Whether this is a model without content.
  package var isEmpty: Bool {
    network == nil && layers.isEmpty && inputProjection == nil && valueLayer == nil && qualities.isEmpty
      && scale == 1 && means.allSatisfy { $0 == 0 }
  }

  /// Creates a model from its parts.
  package init(
    means: [Float], scale: Float, inputProjection: InputProjection?, network: Network?, layers: [KLTLayer],
    baseline: KLTLayer? = nil, valueLayer: ValueLayer?, output: OutputRule, qualities: [OperatingPoint],
    notes: [UInt8]
  ) {
    self.means = means
    self.scale = scale
    self.inputProjection = inputProjection
    self.network = network
    self.layers = layers
    self.baseline = baseline
    self.valueLayer = valueLayer
    self.output = output
    self.qualities = qualities
    self.notes = notes
  }

  /// The same model with another network.
  package func with(_ network: Network) -> Model {
    var model = self
    model.network = network
    return model
  }

  /// A VAE and the scales of its latents.
  package struct Network: Sendable {
    /// The parameters, as stored.
    package let parameters: Parameters
    /// The matrices of `parameters` as in the file, in the order of ``Architecture/entries``; without those of the
    /// encoder in a network that only decodes.
    package let stored: [StoredMatrix]
    /// 1 / standard deviation of each latent, for the decoder's hidden layers.
    package let inverseDeviation: [Float]
    /// The trade-offs that qualities stand for; unused by decoders.
    package let qualities: LambdaRange
    /// The further terms of the ELBO; nil for a fit to rate and distortion.
    package let elbo: ELBOTerms?
    /// The logistic function after the decoder's sums; nil if these are the reconstruction.
    package let logistic: LogisticOutput?

    /// Creates the network from `stored`. Without the encoder's matrices, it only decodes.
    package init(
      _ architecture: Architecture, stored: [StoredMatrix], inverseDeviation: [Float],
      qualities: LambdaRange, elbo: ELBOTerms? = nil, logistic: LogisticOutput? = nil
    ) {
      let parameters = Parameters(architecture)
      for (entry, matrix) in zip(architecture.entries.suffix(stored.count), stored) {
        precondition(entry.storedShape == matrix.shape)
        parameters.set(entry, matrix)
      }
      self.parameters = parameters
      self.stored = stored
      self.inverseDeviation = inverseDeviation
      self.qualities = qualities
      self.elbo = elbo
      self.logistic = logistic
    }

    /// Whether the network has an encoder.
    package var hasEncoder: Bool { stored.count == parameters.architecture.entries.count }
    /// The matrices for decoders; and the additional ones for encoders.
    package var storedDecoder: ArraySlice<StoredMatrix> {
      stored.suffix(parameters.architecture.decoderEntries.count)
    }
    var storedEncoder: ArraySlice<StoredMatrix> {
      stored.dropLast(parameters.architecture.decoderEntries.count)
    }
    /// The widths of the encoder's hidden layers.
    package var hidden: [Int] { parameters.architecture.hidden }
    /// The number of latents.
    package var latents: Int { parameters.architecture.latents }
    /// The number of trained parameters.
    package var parameterCount: Int {
      guard elbo != nil else { return parameters.architecture.parameterCount }
      let a = parameters.architecture
      // Layers with one bias each; the encoder ends in means and log variances.
      let widths = [a.values] + a.hidden + [2 * a.latents]
      let back = [a.latents] + a.hidden.reversed() + [a.values]
      return [widths, back].reduce(0) { sum, w in
        sum + zip(w, w.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
      }
    }
  }

  /// An orthonormal basis that the network works in, components x values, and its transpose.
  package struct InputProjection: Sendable {
    package let stored: StoredMatrix
    package let synthesis: Weights
    package let analysis: Weights

    package init(_ stored: StoredMatrix, kernels: Kernels) {
      self.stored = stored
      synthesis = stored.weights
      analysis = synthesis.transposed(kernels)
    }
  }

  /// The width that the network and the residual layers work on: the number of values, or of components of the input
  /// projection.
  package var width: Int { inputProjection?.synthesis.shape.inputs ?? values }

  /// PCA alone: the same means, scale and input projection, and the baseline as the only layer. It has no qualities. Nil
  /// if the model has no baseline.
  package var linear: Model? {
    guard let baseline else { return nil }
    var model = Model(
      means: means, scale: scale, inputProjection: inputProjection, network: nil, layers: [baseline],
      baseline: nil,
      valueLayer: nil, output: output, qualities: [], notes: [])
    model.scales = scales
    return model
  }

  /// The number of planes of symbols that a point has before the value layer's: latents, then the coefficients of each
  /// linear layer used.
  package func planes(at point: OperatingPoint) -> Int {
    latentPlanes(at: point) + coefficientLayers(at: point).reduce(0) { $0 + $1.layer.components }
  }

  /// The number of planes of latents that a point has; each has its own frequency table.
  package func latentPlanes(at point: OperatingPoint) -> Int {
    point.network == nil ? 0 : network?.parameters.architecture.latents ?? 0
  }

  /// The linear layers that a point uses, with their steps.
  func coefficientLayers(at point: OperatingPoint) -> [(layer: KLTLayer, step: Float)] {
    zip(layers, point.steps).filter { $0.1 > 0 }.map { ($0, $1) }
  }

  /// Whether this model has everything that `point` uses, and its steps are finite and positive.
  package func accepts(_ point: OperatingPoint) -> Bool {
    if let part = point.network {
      guard network != nil, part.quality >= 0, part.quality <= 1, part.step.isFinite, part.step > 1e-30,
        part.relativeStep > 0x1p-10, part.relativeStep < 0x1p10
      else {
        return false
      }
    }
    return point.hasSteps && point.steps.count == layers.count
      && (point.valueStep == 0 || valueLayer != nil)
  }

  /// The weights of the frequency table of each latent's plane.
  package func latentWeights(at point: OperatingPoint, kernels: Kernels) -> [LogisticMixture.SymbolWeights] {
    guard let part = point.network, let network else { return [] }
    return network.parameters.priors(quality: part.quality, kernels: kernels).map {
      $0.symbolWeights(step: part.relativeStep, kernels: kernels)
    }
  }

  /// The weights of the levels' frequency tables: those of each linear layer used, and of the value layer if it is.
  package func levelWeights(at point: OperatingPoint, kernels: Kernels) -> [LogisticMixture.SymbolWeights] {
    coefficientLayers(at: point).flatMap { $0.layer.symbolWeights(step: $0.step, kernels) }
      + (point.valueStep > 0 ? valueLayer?.symbolWeights(kernels) ?? [] : [])
  }

  /// The first level of the value layer.
  package func firstValueLevel(at point: OperatingPoint) -> Int {
    coefficientLayers(at: point).reduce(0) { $0 + $1.layer.levels }
  }
}

extension Parameters {
  /// The prior of each latent at a VAE quality, in units of the step.
  package func priors(quality: Float, kernels: Kernels) -> [LogisticMixture] {
    let a = architecture
    let hats = Matrix(rows: 1, columns: a.anchors, a.hats(quality))
    let row = Matrix(rows: 1, columns: a.prior.shape.outputs)
    kernels.product(0..<1, hats, pointer(a.prior), a.prior.shape, into: row)
    return (0..<a.latents).map { latent in
      func values(_ kind: Int) -> [Float] {
        (0..<LogisticMixture.components).map {
          row.row(0)[a.priorColumn(kind: kind, component: $0, latent: latent)]
        }
      }
      return LogisticMixture(means: values(0), logScales: values(1), logits: values(2))
    }
  }
}
