import Testing

@testable import Tensor
@testable import Transform
@testable import VAEModel

/// What rows cost at an effort: the bits of all symbols by their tables, and the error of what a decoder gives back.
private struct Costs {
  var symbols: [Int32]
  /// By row: bits and weighed error together, and the squared error alone.
  var costs: [Double]
  var errors: [Double]

  init(
    _ model: Model, _ point: OperatingPoint, _ samples: [Float], rows: Int, effort: Effort, block: Int = 64,
    kernels: Kernels = Kernels()
  ) {
    let values = model.values
    let planes = model.planes(at: point)
    let latents = model.latentPlanes(at: point)
    var foundLevels = [UInt8](repeating: 0, count: max(1, (planes - latents) * rows))
    var symbols = [Int32](repeating: 0, count: max(1, planes * rows))
    var decoded = [Float](repeating: 0, count: rows * values)
    let coder = SampleCoder(model, at: point, blockRows: block, effort: effort, kernels: kernels)
    let decoder = SampleCoder(model, at: point, blockRows: block, kernels: kernels)
    for start in stride(from: 0, to: rows, by: block) {
      let count = min(block, rows - start)
      let range = start * values..<(start + count) * values
      symbols.withUnsafeMutableBufferPointer { symbols in
        guard let first = symbols.baseAddress.map({ $0 + (planes == 0 ? 0 : start) }) else { return }
        samples.withUnsafeBufferPointer {
          let block = UnsafeBufferPointer(rebasing: $0[range])
          foundLevels.withUnsafeMutableBufferPointer { levels in
            guard let levels = levels.baseAddress else { return }
            coder.encode(
              block, rows: count, symbols: first, levels: levels + (planes == latents ? 0 : start),
              planeStride: rows)
          }
        }
        decoded.withUnsafeMutableBufferPointer {
          decoder.decode(
            first, planeStride: rows, rows: count, into: UnsafeMutableBufferPointer(rebasing: $0[range]),
            asBase: true)
        }
      }
    }
    let tables = model.latentWeights(at: point, kernels: kernels).map { SymbolCost($0) }
    let levels = model.levelWeights(at: point, kernels: kernels).map { SymbolCost($0) }
    let firstValueLevel = model.firstValueLevel(at: point)
    var costs = [Double](repeating: 0, count: rows)
    for plane in 0..<planes {
      for r in 0..<rows {
        let cost = plane < latents ? tables[plane] : levels[Int(foundLevels[(plane - latents) * rows + r])]
        costs[r] += Double(cost(symbols[plane * rows + r]))
      }
    }
    if point.valueStep > 0 {
      let coder = ValueCoder(model, rows: rows, effort: effort, kernels: kernels)
      samples.withUnsafeBufferPointer { samples in
        decoded.withUnsafeBufferPointer { base in
          coder.encode(samples, base: base, rows: rows, step: point.valueStep) { _, symbols, found in
            for r in 0..<rows { costs[r] += Double(levels[firstValueLevel + Int(found[r])](symbols[r])) }
          }
        }
      }
      decoded.withUnsafeMutableBufferPointer { coder.copyDecoded(rows, into: $0) }
    }
    var errors = [Double](repeating: 0, count: rows)
    for i in 0..<rows * values {
      let d = Double(samples[i] - decoded[i]) / Double(model.scale)
      errors[i / values] += d * d
    }
    self.symbols = symbols
    self.errors = errors
    self.costs = zip(costs, errors).map { $0 + $1 * Double(model.bitsPerError(at: point)) }
  }

  var total: Double { costs.reduce(0, +) }
}

@Suite("Effort")
struct EffortTests {
  static let models = [
    RandomModel(),
    RandomModel(latents: 14, hidden: [20], layers: [9], hasValueLayer: false),
    RandomModel(latents: 4, layers: [], rule: OutputRule(lowest: -1, highest: 4)),
    RandomModel(
      values: 10, layers: [3, 6], rule: OutputRule(lowest: 0, highest: 255, isInteger: true), scale: 40),
    RandomModel(values: 20, latents: 3, layers: [4], frontComponents: 7, rule: OutputRule(lowest: -2)),
  ]

  private func points(_ model: Model) -> [OperatingPoint] {
    let nothing = model.layers.map { _ in Float(0) }
    return [10, 33, 66, 90].map { model.qualities[$0] }
      + [0.3, 0.9].map { OperatingPoint(network: model.network?.point($0), steps: nothing) }
  }

  @Test("no row costs more for a search, and many cost less", arguments: models, [2, 3, 5, 9])
  func search(random: RandomModel, level: Int) {
    let model = random()
    let samples = random.samples(40)
    var (before, after) = (0.0, 0.0)
    for point in points(model) {
      let nearest = Costs(model, point, samples, rows: 40, effort: Effort(1))
      let found = Costs(model, point, samples, rows: 40, effort: Effort(level))
      // Sums are added up in another order here.
      for (a, b) in zip(nearest.costs, found.costs) { #expect(b <= a * (1 + 1e-4) + 1e-3) }
      (before, after) = (before + nearest.total, after + found.total)
    }
    #expect(after < 0.99 * before)
  }

  @Test("choosing symbols costs less than taking the nearest, whose error is least")
  func choice() {
    let random = RandomModel(latents: 0, layers: [9])
    let model = random()
    let samples = random.samples(64)
    for point in [33, 66, 90].map({ model.qualities[$0] }) {
      let nearest = Costs(model, point, samples, rows: 64, effort: Effort(0))
      let chosen = Costs(model, point, samples, rows: 64, effort: Effort(1))
      #expect(chosen.total < nearest.total)
      let errors = (nearest: nearest.errors.reduce(0, +), chosen: chosen.errors.reduce(0, +))
      #expect(errors.nearest < errors.chosen)
    }
  }

  @Test(
    "neither the block size, nor neighbours, nor the variant change a symbol at the highest effort")
  func independence() {
    for random in Self.models {
      let model = random()
      let samples = random.samples(23)
      for point in points(model) {
        func symbols(block: Int, _ kernels: Kernels = Kernels()) -> [Int32] {
          Costs(
            random(kernels), point, samples, rows: 23, effort: Effort(9), block: block, kernels: kernels
          ).symbols
        }
        let whole = symbols(block: 23)
        for block in [1, 6] { #expect(symbols(block: block) == whole) }
        for kernels in Kernels.all { #expect(symbols(block: 9, kernels) == whole) }
      }
    }
  }

  @Test("samples of any size, and such as hold no numbers, make symbols of 32 bits at every effort")
  func absurd() {
    let wild: [Float] = [.nan, .infinity, -.infinity, 3e38, -3e38, 1e30, 0, 1e-30]
    for random in Self.models {
      let model = random()
      let samples = (0..<5 * model.values).map { wild[$0 * 7 % 8] }
      for (point, level) in points(model).flatMap({ point in [0, 4, 9].map { (point, $0) } }) {
        let coded = Costs(model, point, samples, rows: 5, effort: Effort(level))
        #expect(coded.symbols.allSatisfy { $0 >= -(1 << 30) && $0 <= 1 << 30 })
      }
    }
  }

  @Test("levels beyond the ends count as the ends")
  func levels() {
    #expect(Effort(-3) == Effort(0) && Effort(99) == Effort(9) && Effort(5).level == 5)
    #expect(Effort(1).search == nil && Effort(2).search?.moves == 1 && Effort(9).search?.moves == 128)
  }
}

@Suite("Search gradients")
struct SearchGradientTests {
  @Test(
    "the gradient by the symbols is that of finite differences, through the network and each cost that is smooth",
    arguments: [false, true])
  func differences(byValue: Bool) throws {
    let random = RandomModel(values: 40, latents: 5, hidden: [35, 12], layers: [])
    let model = random()
    let kernels = Kernels()
    let network = try #require(model.network)
    let part = network.point(0.4)
    let rows = 4
    let pass = NetworkActivations(rows: rows, network, at: part, kernels: kernels)
    let cost = try #require(
      ResidualRateModel(
        model, at: OperatingPoint(network: part, steps: [], valueStep: byValue ? 4 : 0), rows: rows,
        last: nil, bounds: nil, kernels: kernels))
    let gradient = DecoderGradient(pass)
    var source = RandomSource(seed: 3)
    let target = source.normals(rows: rows, columns: 40)
    let symbols = source.normals(rows: rows, columns: 5, deviation: 1)
    var costs = [Float](repeating: 0, count: rows)
    func evaluate(_ r: [Int], _ symbols: Matrix) -> [Float] {
      for (i, from) in r.enumerated() { pass.symbols.row(i).update(from: symbols.row(from), count: 32) }
      pass.forwardDecoder(0..<r.count)
      cost.evaluate(pass.output, rows: r, target: target, costs: &costs)
      return costs
    }
    let all = Array(0..<rows)
    _ = evaluate(all, symbols)
    // Not all of the rows that went forward go back.
    let kept = [1, 3]
    cost.backward(kept, into: gradient.output)
    gradient.backward(kept)
    let found = gradient.symbols.copy(rows: 0..<2)
    let step: Float = 1e-2
    for (i, r) in kept.enumerated() {
      for k in 0..<5 {
        let moved = symbols.copy(rows: all)
        moved[r, k] += step
        let above = evaluate(all, moved)[r]
        moved[r, k] -= 2 * step
        let expected = (above - evaluate(all, moved)[r]) / (2 * step)
        #expect((found[i, k] - expected).magnitude < 0.02 * (1 + expected.magnitude), "row \(r), latent \(k)")
      }
    }
  }

  @Test("the price of a coefficient is that of the better neighbour, and its slope the mean around it")
  func price() {
    let weights = LogisticMixture.SymbolWeights(
      lowest: -3, weights: [1, 20, 400, 8000, 300, 9, 2].map { $0 << 10 }, escape: 1 << 12, rawBits: 0)
    let choice = RDOQuantizer([weights])
    let bits = SymbolCost(weights)
    func price(_ x: Float) -> Float {
      let low = x.rounded(.down)
      return [low, low + 1].map { bits(Int32($0)) + RDOQuantizer.bitsPerError * (x - $0) * (x - $0) }
        .min() ?? 0
    }
    for x in stride(from: Float(-5.3), through: 5.3, by: 0.11) {
      let (found, slope) = choice.cost(x, table: 0)
      #expect((found - price(x)).magnitude < 1e-3)
      #expect((slope - (price(x + 0.5) - price(x - 0.5))).magnitude < 1e-3)
    }
  }
}
