import VAECodec

@testable import Container
@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

/// Parts of models that golden files must have, whatever fits choose.
enum GoldenModels {
  /// What a model lacks.
  struct MissingPart: Error {
    var name: String
  }

  /// Qualities 1, 3 and 5 use the network alone; with the first linear layer; with the value layer.
  ///
  /// - Parameter us: VAE qualities of the first two.
  static func withChosenPoints(
    _ fitted: Model, _ rows: [Float], steps us: (Float, Float) = (0.4, 1)
  ) throws -> Model {
    var model = fitted
    guard let network = model.network else { throw MissingPart(name: "network") }
    if model.layers.isEmpty {
      model.layers = [layer(for: model, rows)]
      for q in model.qualities.indices { model.qualities[q].steps = [0] }
    }
    guard model.valueLayer != nil else { throw MissingPart(name: "value layer") }
    let none = model.layers.map { _ in Float(0) }
    model.qualities[1] = OperatingPoint(network: network.point(us.0, relativeStep: 1.25), steps: none)
    model.qualities[3] = OperatingPoint(network: network.point(us.1), steps: [0.1] + none.dropFirst())
    model.qualities[5] = OperatingPoint(network: network.point(0.9), steps: none, valueStep: 0.5)
    return model
  }

  /// A linear layer for what the network leaves of `rows`.
  private static func layer(for model: Model, _ rows: [Float]) -> KLTLayer {
    let (kernels, workers) = (Kernels(), Workers(count: 1))
    let x = Matrix(rows: rows.count / model.values, columns: model.values, rows)
    model.standardize(x, kernels)
    guard let part = model.network?.point(1) else { preconditionFailure("there is a network") }
    let reached = model.reconstruct(x, at: part, kernels, workers)
    let left = Matrix(rows: x.rows, columns: x.columns)
    kernels.table.pointee.add_scaled(
      x.buffer.pointer, -1, reached.buffer.pointer, left.buffer.pointer, x.buffer.count)
    let components = PrincipalComponents(of: left, components: 12, kernels: kernels, workers: workers)
    var random = RandomSource(seed: 8)
    return .fit(left, components: components, kernels: kernels, workers: workers, random: &random)
  }

  /// Quality 5 uses a value layer of made-up terms of all kinds, with the step 1.
  static func withValueLayer(_ fitted: Model) -> Model {
    var model = fitted
    var random = RandomSource(seed: 5)
    let predictors = (0..<model.values).map { i in
      var p = ValueLayer.Predictor()
      func term(_ value: Int, _ factor: Float) -> ValueLayer.Term {
        ValueLayer.Term(value: value, factor: factor.roundedToBFloat16)
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
      p.deviation = (15 + 10 * random.uniform()).roundedToBFloat16
      if i % 2 == 0 { p.aboveLowest = Float(0.01).roundedToBFloat16 }
      if i % 3 == 0 { p.belowHighest = Float(0.02).roundedToBFloat16 }
      return p
    }
    let densities = (0..<ValueLayer.levels).map { level in
      let scale = Float(level) * 0.35 - 5.2
      return LogisticMixture(
        means: [-0.25, 0, 0.25],
        logScales: [scale, scale + 0.5, scale - 0.5].map(\.roundedToBFloat16), logits: [0, 0.5, -0.5])
    }
    model.valueLayer = ValueLayer(predictors: predictors, densities: densities)
    let none = model.layers.map { _ in Float(0) }
    model.qualities[5] = OperatingPoint(network: nil, steps: none, valueStep: 1)
    return model
  }

  /// A made-up model of 20 values with an input projection of 6 components, a network of 3 latents, and a linear layer.
  static func inputProjection() -> Model {
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
      qualities: LambdaRange(low: 1, high: 100))
    // Three logistic densities side by side, twice as wide every other level.
    let densities = (0..<ValueLayer.levels).map { level in
      let width = Float(sign: .plus, exponent: level / 2 - 7, significand: level % 2 == 0 ? 1 : 1.5)
      return LogisticMixture(
        means: [-width, 0, width], logScales: [Float](repeating: 0.6875 * Float(level / 2 - 8), count: 3),
        logits: [0, 0.25, 0])
    }
    let layer = KLTLayer(
      matrix(WeightShape(inputs: 6, outputs: 6), cosines(6, 6)),
      magnitudes: [2, 1.5, 1, 0.75, 0.5, 0.25], densities: densities, kernels: kernels)
    let point = OperatingPoint(network: network.point(0.6), steps: [0.05])
    return Model(
      means: (0..<20).map { Float($0) / 8 }, scale: 3,
      inputProjection: Model.InputProjection(
        matrix(WeightShape(inputs: 6, outputs: 20), cosines(6, 20)), kernels: kernels),
      network: network, layers: [layer], valueLayer: nil,
      output: OutputRule(lowest: -8, highest: 9), qualities: [OperatingPoint](repeating: point, count: 101),
      notes: [])
  }
}
