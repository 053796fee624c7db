import VAECodec

@testable import VAE

/// Parts of models that golden files must have, whatever fits choose.
enum GoldenModels {
  /// What a model lacks.
  struct MissingPart: Error {
    var name: String
  }

  /// Qualities 1, 3 and 5 use the network alone; with the first linear layer; with the value layer.
  static func withChosenPoints(_ fitted: Model) throws -> Model {
    var model = fitted
    guard let network = model.network else { throw MissingPart(name: "network") }
    guard !model.layers.isEmpty else { throw MissingPart(name: "linear layer") }
    guard model.valueLayer != nil else { throw MissingPart(name: "value layer") }
    let none = model.layers.map { _ in Float(0) }
    model.qualities[1] = OperatingPoint(network: network.point(0.4, relativeStep: 1.25), steps: none)
    model.qualities[3] = OperatingPoint(network: network.point(1), steps: [0.1] + none.dropFirst())
    model.qualities[5] = OperatingPoint(network: network.point(0.9), steps: none, valueStep: 0.5)
    return model
  }

  /// Quality 5 uses a value layer of made-up terms of all kinds, with the step 1.
  static func withValueLayer(_ fitted: Model) -> Model {
    var model = fitted
    var random = RandomSource(seed: 5)
    let predictors = (0..<model.values).map { i in
      var p = ValueLayer.Predictor()
      func term(_ value: Int, _ factor: Float) -> ValueLayer.Term {
        ValueLayer.Term(value: value, factor: storable(factor))
      }
      if i > 0 {
        p.prediction.append(term(i - 1, 0.5 + 0.3 * random.uniform()))
        p.errors.append(term(i - 1, 0.2))
      }
      if i > 3 {
        p.prediction.append(term(0, -0.1))
        p.errors.append(term(i - 4, 0.1 * random.uniform()))
      }
      p.contrasts = [term((i + 5) % model.values, 0.05), term((i + 1) % model.values, 0.02)]
      p.deviation = storable(15 + 10 * random.uniform())
      if i % 2 == 0 { p.aboveLowest = storable(0.01) }
      if i % 3 == 0 { p.belowHighest = storable(0.02) }
      return p
    }
    let densities = (0..<ValueLayer.levels).map { level in
      let scale = Float(level) * 0.35 - 7.3
      return LogisticMixture(
        means: [-0.25, 0, 0.25].map(storable), logScales: [scale, scale + 0.5, scale - 0.5].map(storable),
        logits: [0, 0.5, -0.5])
    }
    model.valueLayer = ValueLayer(predictors: predictors, densities: densities)
    let none = model.layers.map { _ in Float(0) }
    model.qualities[5] = OperatingPoint(network: nil, steps: none, valueStep: 1)
    return model
  }

  /// A made-up model of 20 values with a front basis of 6 components, a network of 3 latents, and a linear layer.
  static func front() -> Model {
    let kernels = Kernels()
    var random = RandomSource(seed: 6)
    func matrix(_ shape: WeightShape, _ value: (Int, Int) -> Float) -> StoredMatrix {
      let weights = Weights(shape)
      shape.pack(value, into: weights.buffer.pointer)
      return StoredMatrix(weights.buffer.pointer, shape, steps: [0x1p-7])
    }
    /// Cosines: rows of a basis that is orthonormal but for rounding.
    func cosines(_ rows: Int, _ columns: Int) -> (Int, Int) -> Float {
      { k, i in
        let norm = (k == 0 ? 1.0 : 2.0) / Double(columns)
        return Float(norm.squareRoot() * cosine(Double.pi * (Double(i) + 0.5) * Double(k) / Double(columns)))
      }
    }
    let architecture = Architecture(values: 6, latents: 3, hidden: [5, 4], anchors: 3)
    let basis = cosines(3, 6)
    let stored = architecture.entries.map { entry in
      switch entry {
      case architecture.encoder.linear.weight: matrix(entry.shape) { basis($1, $0) }
      case architecture.decoder.linear.weight: matrix(entry.shape) { basis($0, $1) }
      case architecture.prior:
        matrix(entry.shape) { anchor, column in
          // Means -3, 0 and 3, scales of 4 and more, weights that are alike.
          let (kind, component) = (column / 96, column / 32 % 3)
          return kind == 0 ? Float(3 * component - 3) : kind == 1 ? 1.4 + 0.3 * Float(anchor) : 0
        }
      default: matrix(entry.shape) { _, _ in 0.3 * (random.uniform() - 0.5) }
      }
    }
    let network = Model.Network(
      architecture, stored: stored, inverseDeviation: [0.25, 0.5, 1],
      qualities: QualityRange(low: 1, high: 100))
    let wide = LogisticMixture(means: [-1, 0, 1], logScales: [-0.5, -0.5, -0.5], logits: [0, 0.25, 0])
    let layer = ResidualLayer(
      matrix(WeightShape(inputs: 6, outputs: 6), cosines(6, 6)), mixtures: [wide],
      mixtureOf: [0, 0, 0, 0, 0, 0],
      kernels: kernels)
    let point = OperatingPoint(network: network.point(0.6), steps: [0.05])
    return Model(
      means: (0..<20).map { Float($0) / 8 }, scale: 3,
      front: Model.Front(matrix(WeightShape(inputs: 6, outputs: 20), cosines(6, 20)), kernels: kernels),
      network: network, layers: [layer], valueLayer: nil,
      output: OutputRule(lowest: -8, highest: 9), qualities: [OperatingPoint](repeating: point, count: 101),
      notes: [])
  }
}
