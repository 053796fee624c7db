import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

extension Kernels {
  /// All variants that this processor can run.
  static var all: [Kernels] { available.compactMap { try? Kernels(named: $0) } }
}

extension RandomSource {
  /// Uniform numbers.
  mutating func floats(_ count: Int, _ range: ClosedRange<Float>) -> [Float] {
    (0..<count).map { _ in range.lowerBound + (range.upperBound - range.lowerBound) * uniform() }
  }

  /// Independent normal numbers.
  mutating func normals(rows: Int, columns: Int, deviation: Float = 1) -> Matrix {
    Matrix(rows: rows, columns: columns, (0..<rows * columns).map { _ in deviation * normal() })
  }

  /// An orthonormal basis, `count` x `values` row major.
  mutating func basis(_ count: Int, of values: Int) -> [[Double]] {
    var rows: [[Double]] = []
    while rows.count < count {
      var row = (0..<values).map { _ in Double(normal()) }
      for _ in 0..<2 {
        for other in rows {
          let dot = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
          for i in row.indices { row[i] -= dot * other[i] }
        }
      }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if length > 1e-6 { rows.append(row.map { $0 / length }) }
    }
    return rows
  }

  /// A symmetric matrix, `n` x `n` row major.
  mutating func symmetric(_ n: Int, factor: Double = 1) -> [Double] {
    var a = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        a[i * n + j] = factor * Double(normal())
        a[j * n + i] = a[i * n + j]
      }
    }
    return a
  }

  /// A mixture of moderate densities, in the precision of a model file.
  mutating func mixture(scale: Float = 1) -> LogisticMixture {
    let shift = Float(logarithm(Double(scale)))
    let mixture = LogisticMixture(
      means: floats(3, -2 * scale...2 * scale), logScales: floats(3, -1...1).map { $0 + shift },
      logits: floats(3, -2...2))
    return mixture.rounded
  }

  /// A value layer whose terms point in all directions that are allowed.
  mutating func valueLayer(values: Int, rule: OutputRule, terms: Int = 3) -> ValueLayer {
    var predictors: [ValueLayer.Predictor] = []
    for i in 0..<values {
      func some(_ places: Range<Int>, _ factors: ClosedRange<Float>, _ random: inout Self) -> [ValueLayer
        .Term]
      {
        guard !places.isEmpty else { return [] }
        return (0..<random.index(below: terms + 1)).map { _ in
          ValueLayer.Term(
            value: places.lowerBound + random.index(below: places.count),
            factor: (random.floats(1, factors)[0]).roundedToBFloat16)
        }
      }
      var p = ValueLayer.Predictor()
      p.prediction = some(0..<i, -0.6...0.6, &self)
      p.errors = some(0..<i, 0...0.5, &self)
      p.contrasts = some(0..<values, 0...0.5, &self)
      p.deviation = (floats(1, 0.1...2)[0]).roundedToBFloat16
      if rule.lowest > -.infinity { p.aboveLowest = (floats(1, 0...0.1)[0]).roundedToBFloat16 }
      if rule.highest < .infinity { p.belowHighest = (floats(1, 0...0.1)[0]).roundedToBFloat16 }
      predictors.append(p)
    }
    return ValueLayer(predictors: predictors, densities: (0..<ValueLayer.levels).map { _ in mixture() })
  }

  /// A network of random weights; with a likelihood, a textbook VAE for values of `means` and `scale`.
  mutating func network(
    values: Int, latents: Int, hidden: [Int], likelihood: Likelihood? = nil, means: [Float] = [],
    scale: Float = 1, grid: PositionGrid? = nil
  ) -> Model.Network {
    let architecture = Architecture(
      values: values, latents: latents, hidden: hidden, anchors: 3,
      activation: likelihood == nil ? .hardSwish : .relu, grid: grid)
    var stored: [StoredMatrix] = []
    for entry in architecture.entries {
      let shape = entry.storedShape
      let weights = Weights(shape)
      let bound = 1 / Float(entry.shape.inputs).squareRoot()
      let isGain = entry == architecture.encoder.gain || entry == architecture.decoder.gain
      let numbers = floats(shape.inputs * shape.outputs, -bound...bound)
      shape.pack({ (isGain ? 0.2 : 1.5) * numbers[$0 * shape.outputs + $1] }, into: weights.buffer.pointer)
      let matrix = StoredMatrix(weights.buffer.pointer, shape, steps: [bound / 200])
      // Padding is as readers make it.
      stored.append(
        entry == architecture.prior
          ? matrix.keeping(columns: architecture.priorColumns).keeping(
            columns: architecture.paddedPriorColumns)
          : matrix)
    }
    let elbo = likelihood.map { likelihood in
      let (weights, bias) = (
        Weights(WeightShape(inputs: hidden[hidden.count - 1], outputs: latents)),
        Weights(WeightShape(inputs: 1, outputs: latents))
      )
      weights.shape.pack({ _, _ in uniform() - 0.5 }, into: weights.buffer.pointer)
      bias.shape.pack({ _, _ in uniform() - 1.5 }, into: bias.buffer.pointer)
      return ELBOTerms(
        likelihood: likelihood, variance: 0.25, beta: 1.5,
        weights: StoredMatrix(weights.buffer.pointer, weights.shape, steps: [0.01]),
        bias: StoredMatrix(bias.buffer.pointer, bias.shape, steps: [0.01]))
    }
    return Model.Network(
      architecture, stored: stored, inverseDeviation: floats(latents, 0.5...2),
      qualities: LambdaRange(low: 2, high: 200), elbo: elbo,
      logistic: elbo?.logistic(means: means, scale: scale))
  }
}

/// What a random model is made of.
struct RandomModel: Sendable {
  var values = 9
  var latents = 3
  var hidden = [6, 5]
  /// Components of each linear layer.
  var layers = [4, 9]
  var frontComponents = 0
  var hasValueLayer = true
  var rule = OutputRule()
  var scale: Float = 2
  var seed: UInt64 = 1
  /// Makes the network a textbook VAE.
  var likelihood: Likelihood?
  /// The positions at which units share weights.
  var grid: PositionGrid?

  var width: Int { frontComponents > 0 ? frontComponents : values }
  private var middle: Float {
    rule.lowest > -.infinity && rule.highest < .infinity ? (rule.lowest + rule.highest) / 2 : 1
  }

  func callAsFunction(_ kernels: Kernels = Kernels()) -> Model {
    var random = RandomSource(seed: seed)
    func stored(_ count: Int, _ values: Int, _ random: inout RandomSource) -> StoredMatrix {
      let rows = random.basis(count, of: values)
      let weights = Weights(Matrix(rows: count, columns: values, rows.joined().map { Float($0) }))
      return StoredMatrix(weights.buffer.pointer, weights.shape, steps: [0.005])
    }
    var model = Model(
      means: random.floats(values, -1...1).map { middle + $0 }, scale: scale, inputProjection: nil,
      network: nil,
      layers: [], baseline: nil,
      valueLayer: nil, output: rule, qualities: [], notes: [1, 2, 3])
    if frontComponents > 0 {
      model.inputProjection = Model.InputProjection(
        stored(frontComponents, values, &random), kernels: kernels)
    }
    if latents > 0 {
      model.network = random.network(
        values: width, latents: latents, hidden: hidden, likelihood: likelihood, means: model.means,
        scale: scale, grid: grid)
    }
    for components in layers {
      let matrix = stored(components, width, &random)
      model.layers.append(
        KLTLayer(
          matrix, magnitudes: random.floats(components, 0.2...3).map(\.roundedToBFloat16),
          densities: (0..<ScaleLevel.count).map { _ in random.mixture() }, kernels: kernels))
    }
    if hasValueLayer { model.valueLayer = random.valueLayer(values: values, rule: rule) }
    for quality in 0...100 {
      model.qualities.append(
        OperatingPoint(
          network: model.network?.point(Float(quality) / 100),
          steps: layers.indices.map { ($0 + quality) % 2 == 0 ? 0 : 4 / Float(quality + 1) },
          valueStep: hasValueLayer && quality > 50 ? 10 / Float(quality) : 0))
    }
    return model
  }

  /// Samples that such a model could have been fitted to, rows x values.
  func samples(_ rows: Int, seed: UInt64 = 7) -> [Float] {
    var random = RandomSource(seed: seed)
    return (0..<rows * values).map { _ in
      let x = max(rule.lowest, min(rule.highest, middle + 1.5 * scale * random.normal()))
      return rule.isInteger ? x.rounded() : x
    }
  }
}
