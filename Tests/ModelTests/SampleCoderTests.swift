import Testing

@testable import Tensor
@testable import Transform
@testable import VAEModel

/// What coding samples gives, plane-major symbols and row-major reconstructions.
private struct Coded: Equatable {
  var symbols: [Int32]
  var levels: [UInt8]
  var base: [UInt32]
  var decodedBase: [UInt32]
  var decoded: [UInt32]

  /// Codes `rows` rows in blocks of `block`.
  init(_ model: Model, _ point: OperatingPoint, _ samples: [Float], rows: Int, block: Int, kernels: Kernels) {
    let planes = model.planes(at: point)
    let values = model.values
    var symbols = [Int32](repeating: 12345, count: planes * rows + 1)
    let latents = model.latentPlanes(at: point)
    var levels = [UInt8](repeating: 123, count: (planes - latents) * rows + 1)
    var base = [Float](repeating: .nan, count: rows * values)
    var decodedBase = base
    var decoded = base
    let coder = SampleCoder(model, at: point, blockRows: block, kernels: kernels)
    // A decoder of its own: nothing may stay behind in the encoder that decoding needs.
    let decoder = SampleCoder(model, at: point, blockRows: block, kernels: kernels)
    for start in stride(from: 0, to: rows, by: block) {
      let count = min(block, rows - start)
      let range = start * values..<(start + count) * values
      symbols.withUnsafeMutableBufferPointer { symbols in
        guard let first = symbols.baseAddress.map({ $0 + start }) else { return }
        samples.withUnsafeBufferPointer {
          let block = UnsafeBufferPointer(rebasing: $0[range])
          levels.withUnsafeMutableBufferPointer { levels in
            guard let levels = levels.baseAddress else { return }
            coder.encode(block, rows: count, symbols: first, levels: levels + start, planeStride: rows)
          }
        }
        base.withUnsafeMutableBufferPointer {
          coder.lastBase(rows: count, into: UnsafeMutableBufferPointer(rebasing: $0[range]))
        }
        decodedBase.withUnsafeMutableBufferPointer {
          decoder.decode(
            first, planeStride: rows, rows: count, into: UnsafeMutableBufferPointer(rebasing: $0[range]),
            asBase: true)
        }
        decoded.withUnsafeMutableBufferPointer {
          decoder.decode(
            first, planeStride: rows, rows: count, into: UnsafeMutableBufferPointer(rebasing: $0[range]),
            asBase: false)
        }
      }
    }
    #expect(symbols.last == 12345, "nothing is written beyond the planes")
    #expect(levels.last == 123, "nor beyond the levels")
    self.symbols = symbols.dropLast()
    self.levels = levels.dropLast()
    self.base = base.map(\.bitPattern)
    self.decodedBase = decodedBase.map(\.bitPattern)
    self.decoded = decoded.map(\.bitPattern)
  }

  var values: [Float] { decoded.map { Float(bitPattern: $0) } }
}

@Suite("Sample coder")
struct SampleCoderTests {
  static let models: [RandomModel] = [
    RandomModel(),
    RandomModel(values: 40, latents: 34, hidden: [35], layers: [33]),
    RandomModel(latents: 0, layers: [9]),
    RandomModel(latents: 0, layers: []),
    RandomModel(latents: 4, layers: [], rule: OutputRule(lowest: -1, highest: 4)),
    RandomModel(
      values: 10, layers: [3, 6], rule: OutputRule(lowest: 0, highest: 255, isInteger: true), scale: 40),
    RandomModel(values: 20, latents: 3, layers: [4], frontComponents: 7, rule: OutputRule(lowest: -2)),
  ]

  private func points(_ model: Model) -> [OperatingPoint] {
    var points = [0, 33, 67, 100].map { model.qualities[$0] }
    points.append(OperatingPoint(network: nil, steps: model.layers.map { _ in 0.3 }))
    points.append(
      OperatingPoint(
        network: model.network?.point(0.5, relativeStep: 1.7), steps: model.layers.map { _ in 0 }))
    return points
  }

  @Test("decoding gives the encoder's own reconstruction, bit for bit", arguments: models)
  func identity(random: RandomModel) {
    let model = random()
    let samples = random.samples(11)
    for point in points(model) {
      let coded = Coded(model, point, samples, rows: 11, block: 11, kernels: Kernels())
      #expect(coded.base == coded.decodedBase)
      for (base, value) in zip(coded.base, coded.values) {
        let base = Float(bitPattern: base)
        #expect(base >= model.output.lowest && base <= model.output.highest)
        #expect(value == (model.output.isInteger ? base.rounded(.toNearestOrEven) : base))
      }
    }
  }

  @Test("neither the block size, nor neighbours, nor the variant change a bit", arguments: models)
  func independence(random: RandomModel) {
    let model = random()
    let rows = 29
    let samples = random.samples(rows)
    for point in points(model).prefix(5) {
      let whole = Coded(model, point, samples, rows: rows, block: rows, kernels: Kernels())
      for block in [1, 5, 128] {
        #expect(Coded(model, point, samples, rows: rows, block: block, kernels: Kernels()) == whole)
      }
      for kernels in Kernels.all {
        #expect(Coded(random(kernels), point, samples, rows: rows, block: 13, kernels: kernels) == whole)
      }
    }
  }

  @Test("a complete basis alone reaches any fineness, with the error of a uniform quantizer")
  func fineness() {
    let random = RandomModel(values: 8, latents: 0, layers: [8], hasValueLayer: false, scale: 3)
    let model = random()
    let samples = random.samples(64)
    for step: Float in [0.5, 0.05, 0.005] {
      let coded = Coded(
        model, OperatingPoint(network: nil, steps: [step]), samples, rows: 64, block: 64, kernels: Kernels())
      var square = 0.0
      for (x, y) in zip(samples, coded.values) { square += Double((x - y) * (x - y)) }
      let expected = 9 * Double(step * step) / 12
      #expect((square / Double(samples.count) / expected - 1).magnitude < 0.2, "step \(step)")
    }
  }

  @Test("a layer improves on what the network left, and a second one on both")
  func layers() {
    let random = RandomModel(values: 9, latents: 3, layers: [4, 9], hasValueLayer: false)
    let model = random()
    let samples = random.samples(48)
    func error(_ steps: [Float]) -> Double {
      let point = OperatingPoint(network: model.network?.point(0.8), steps: steps)
      let coded = Coded(model, point, samples, rows: 48, block: 48, kernels: Kernels())
      return zip(samples, coded.values).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }
    let (none, one, both) = (error([0, 0]), error([0.1, 0]), error([0.1, 0.05]))
    #expect(one < none && both < 0.1 * one)
  }

  @Test("a point of nothing decodes to the means")
  func means() {
    let random = RandomModel(latents: 0, layers: [], hasValueLayer: false)
    let model = random()
    let coded = Coded(
      model, OperatingPoint(network: nil, steps: []), random.samples(2), rows: 2, block: 2, kernels: Kernels()
    )
    #expect(coded.symbols.isEmpty && coded.values == model.means + model.means)
  }

  @Test("samples of any size, and such as hold no numbers, make symbols of 32 bits", arguments: models)
  func absurd(random: RandomModel) {
    let model = random()
    let wild: [Float] = [.nan, .infinity, -.infinity, 3e38, -3e38, 1e30, 0, 1e-30]
    let samples = (0..<5 * model.values).map { wild[$0 * 7 % 8] }
    for point in points(model) {
      let coded = Coded(model, point, samples, rows: 5, block: 5, kernels: Kernels())
      #expect(coded.symbols.allSatisfy { $0 >= -(1 << 30) && $0 <= 1 << 30 })
    }
  }
}

@Suite("Residual layer")
struct ResidualLayerTests {
  /// A layer whose basis is kept in steps of `step`.
  private func layer(_ components: Int, of values: Int, step: Float) -> KLTLayer {
    var random = RandomSource(seed: 4)
    let basis = random.basis(components, of: values).joined().map { Float($0) }
    let weights = Weights(Matrix(rows: components, columns: values, basis))
    return KLTLayer(
      StoredMatrix(weights.buffer.pointer, weights.shape, steps: [step]),
      magnitudes: [Float](repeating: 1, count: components),
      densities: [LogisticMixture](repeating: random.mixture(), count: ScaleLevel.count), kernels: Kernels())
  }

  @Test(
    "coefficients and what is left make the residual, and the basis reaches nothing of what is left",
    arguments: [(12, 12), (5, 12), (33, 40)])
  func analysis(shape: (components: Int, values: Int)) {
    var random = RandomSource(seed: 5)
    let kernels = Kernels()
    // As coarse as a fit makes it.
    let layer = layer(shape.components, of: shape.values, step: 0.04 / Float(shape.values).squareRoot())
    let original = random.normals(rows: 6, columns: shape.values)
    let residual = original.copy(rows: 0..<6)
    let coefficients = Matrix(rows: 6, columns: shape.components)
    let change = Matrix(rows: 6, columns: shape.components)
    layer.analyze(residual, 0..<6, into: coefficients, change: change, kernels: kernels)
    let back = Matrix(rows: 6, columns: shape.values)
    layer.synthesize(coefficients, 0..<6, onto: back, kernels: kernels)
    let reached = original.times(layer.analysis, kernels, Workers(count: 1))
    for r in 0..<6 {
      var (left, off) = (0.0, 0.0)
      for k in 0..<shape.components {
        var dot = 0.0
        for c in 0..<shape.values {
          let basis = layer.synthesis.buffer.pointer[layer.synthesis.shape.index(k, c)]
          dot += Double(basis) * Double(original[r, c] - back[r, c])
        }
        left += dot * dot
        off += Double(reached[r, k] * reached[r, k])
      }
      // Without the refinements a few percent of each would be left.
      #expect(left.squareRoot() < 1e-3 * off.squareRoot())
    }
  }

  @Test("synthesis adds to what is there, row by row")
  func synthesis() {
    var random = RandomSource(seed: 6)
    let layer = layer(3, of: 7, step: 0.001)
    let coefficients = random.normals(rows: 4, columns: 3)
    let start = random.normals(rows: 4, columns: 7)
    let output = start.copy(rows: 0..<4)
    layer.synthesize(coefficients, 1..<3, onto: output, kernels: Kernels())
    for r in 0..<4 {
      for c in 0..<7 {
        var sum = start[r, c]
        if r == 1 || r == 2 {
          for k in 0..<3 {
            sum.addProduct(
              coefficients[r, k], layer.synthesis.buffer.pointer[layer.synthesis.shape.index(k, c)])
          }
        }
        #expect(output[r, c] == sum)
      }
    }
  }

  @Test("a layer of fewer components is the start of the whole one")
  func keeping() {
    let layer = layer(5, of: 6, step: 0.001)
    let part = layer.keeping(first: 2, kernels: Kernels())
    #expect(part.components == 2 && part.stored == layer.stored.keeping(rows: [0, 1]))
    #expect(layer.keeping(first: 99, kernels: Kernels()).components == 5)
  }
}
