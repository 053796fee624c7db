import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

/// -log p(x|z) + beta KL of a textbook VAE in binary64, for noise that is given: what training descends.
private struct ReferenceBound {
  let architecture: Architecture
  var numbers: [Double]
  var weights: [Double]
  var bias: [Double]
  let isBernoulli: Bool
  let beta: Double
  let variance: Double

  private func layer(
    _ x: [Double], _ weight: Architecture.Entry, _ bias: Architecture.Entry, isLast: Bool = false
  ) -> [Double] {
    (0..<weight.shape.outputs).map { j in
      var sum = numbers[bias.offset + bias.shape.index(0, j)]
      for (i, value) in x.enumerated() { sum += value * numbers[weight.offset + weight.shape.index(i, j)] }
      return isLast ? sum : max(0, sum)
    }
  }

  func loss(_ x: [Double], noise: [Double]) -> Double {
    let a = architecture
    var h = x
    for layer in a.encoder.hidden { h = self.layer(h, layer.weight, layer.bias) }
    let mean = layer(h, a.encoder.last, a.encoder.linear.bias, isLast: true)
    let shape = WeightShape(inputs: h.count, outputs: a.latents)
    let logVariance = (0..<a.latents).map { k in
      h.indices.reduce(bias[WeightShape(inputs: a.anchors, outputs: a.latents).index(0, k)]) {
        $0 + h[$1] * weights[shape.index($1, k)]
      }
    }
    var z = (0..<a.latents).map { mean[$0] + exponential(logVariance[$0] / 2) * noise[$0] }
    var divergence = 0.0
    for k in 0..<a.latents {
      divergence += 0.5 * (exponential(logVariance[k]) + mean[k] * mean[k] - 1 - logVariance[k])
    }
    for layer in a.decoder.hidden { z = self.layer(z, layer.weight, layer.bias) }
    let output = layer(z, a.decoder.last, a.decoder.linear.bias, isLast: true)
    let loss = zip(output, x).reduce(0.0) { sum, pair in
      let (l, x) = pair
      return isBernoulli
        ? sum + max(l, 0) - x * l + logarithm(1 + exponential(-l.magnitude))
        : sum + (l - x) * (l - x) / (2 * variance)
    }
    return loss + beta * divergence
  }
}

@Suite("Evidence lower bound")
struct EvidenceTests {
  private static let workers = Workers(count: 2)

  @Test("its gradients are those of finite differences", arguments: [true, false])
  func gradients(isBernoulli: Bool) {
    let kernels = Kernels()
    var random = RandomSource(seed: 31)
    let a = Architecture(values: 6, latents: 2, hidden: [5, 4], anchors: 2, activation: .relu)
    var options = ELBOTrainer.Options()
    (options.batch, options.isBernoulli, options.beta) = (4, isBernoulli, 0.7)
    let x = Matrix(rows: 4, columns: 6, random.floats(24, 0...1))
    let trainer = ELBOTrainer(
      x, known: nil, Parameters(a), options: options, kernels: kernels, workers: Workers(count: 1))
    let gradients = trainer.gradients
    let (pass, variance) = (gradients.pass, Float(0.3))
    for r in 0..<4 {
      gradients.keys[r] = UInt64(r + 5)
      pass.input.row(r).update(from: x.row(r), count: x.stride)
    }
    gradients.run(0..<4, variance: variance)
    var reference = ReferenceBound(
      architecture: a, numbers: trainer.parameters.buffer.array.map(Double.init),
      weights: gradients.weights.buffer.array.map(Double.init),
      bias: gradients.bias.buffer.array.map(Double.init), isBernoulli: isBernoulli, beta: 0.7,
      variance: Double(variance))
    let noise = (0..<4).map { r in
      var random = RandomSource(seed: UInt64(r + 5))
      return (0..<2).map { _ in Double(random.normal()) }
    }
    func loss() -> Double {
      (0..<4).reduce(0) { $0 + reference.loss(x.values(ofRow: $1).map(Double.init), noise: noise[$1]) } / 4
    }
    func slope(_ place: WritableKeyPath<ReferenceBound, Double>) -> Double {
      let (value, h) = (reference[keyPath: place], 1e-6)
      reference[keyPath: place] = value + h
      let up = loss()
      reference[keyPath: place] = value - h
      let down = loss()
      reference[keyPath: place] = value
      return (up - down) / (2 * h)
    }
    for source in trainer.sources {
      let shape = source.entry.shape
      let found = FloatBuffer(count: shape.count)
      for panel in 0..<shape.panels {
        var product = gradients.network.parameterGradient(source, panel: panel)
        product.c = found.pointer + panel * shape.inputs * panelWidth
        kernels.table.pointee.product(&product)
      }
      // Biases of the second anchor are not in use.
      let isBias = source.entry != a.decoder.hidden[0].weight && shape.inputs == a.anchors
      for i in 0..<(isBias ? 1 : shape.inputs) {
        for j in 0..<shape.outputs {
          let place = shape.index(i, j)
          let exact = slope(\.numbers[source.entry.offset + place])
          #expect((Double(found.pointer[place]) - exact).magnitude < 1e-4 * max(1, exact.magnitude))
        }
      }
    }
    func check(
      _ shape: WeightShape, _ input: Matrix, rows: Int,
      _ place: (Int) -> WritableKeyPath<ReferenceBound, Double>
    ) {
      let found = FloatBuffer(count: shape.count)
      kernels.gradientPanel(0..<4, input, gradients.logVarianceGradient, panel: 0, shape, into: found.pointer)
      for i in 0..<rows {
        for j in 0..<shape.outputs {
          let exact = slope(place(shape.index(i, j)))
          let difference = (Double(found.pointer[shape.index(i, j)]) - exact).magnitude
          #expect(difference < 1e-4 * max(1, exact.magnitude))
        }
      }
    }
    check(gradients.weights.shape, pass.encoderAfter[1], rows: 4) { \.weights[$0] }
    check(gradients.bias.shape, pass.hats, rows: 1) { \.bias[$0] }
  }

  /// Values that depend on one number between 0 and 1, and noise.
  private func samples(_ rows: Int, isBernoulli: Bool, seed: UInt64) -> Matrix {
    var random = RandomSource(seed: seed)
    let x = Matrix(rows: rows, columns: 8)
    for r in 0..<rows {
      let t = random.normal()
      for c in 0..<8 {
        let mean = Double(t) * (c < 4 ? 2.5 : -2.5)
        x[r, c] =
          isBernoulli
          ? (Double(random.uniform()) < 1 / (1 + exponential(-mean)) ? 1 : 0)
          : Float(0.4 * mean) + 0.3 * random.normal()
      }
    }
    return x
  }

  @Test("a fit that diverges says so")
  func divergence() throws {
    #expect(throws: FitError.diverged) { try fit(isBernoulli: false, epochs: 2, beta: 1e300) }
  }

  private func fit(
    isBernoulli: Bool, workers: Int = 2, epochs: Int = 30, seed: UInt64 = 1, beta: Double = 1
  ) throws -> ModelFit.Result {
    var options = FitOptions()
    options.objective = .elbo
    options.likelihood = isBernoulli ? .bernoulli : .gaussian
    (options.epochs, options.hidden, options.latents) = (epochs, [16], 1)
    (options.seed, options.beta) = (seed, beta)
    return try ModelFit(options, kernels: Kernels(), workers: Workers(count: workers))(
      samples(2000, isBernoulli: isBernoulli, seed: 3), isInteger: false, elementRange: nil)
  }

  /// log of the integral of p(x|z) over the prior of one latent, by quadrature over what the model decodes: in the data's
  /// units.
  private func logLikelihood(_ model: Model, _ x: Matrix, isBernoulli: Bool) throws -> Double {
    let map = try #require(LatentMap(model, blockRows: 401, kernels: Kernels()))
    let variance = try #require(model.network?.elbo?.variance)
    let z = (0..<401).map { Float($0 - 200) / 40 }
    var decoded = [Float](repeating: 0, count: 401 * 8)
    z.withUnsafeBufferPointer { z in
      decoded.withUnsafeMutableBufferPointer { map.samples(of: z, rows: 401, into: $0) }
    }
    let noise = Double(variance) * Double(model.scale) * Double(model.scale)
    var sum = 0.0
    for r in 0..<x.rows {
      var density = 0.0
      for (i, z) in z.enumerated() {
        var log = -0.5 * Double(z) * Double(z) - 0.5 * logarithm(2 * Double.pi)
        for c in 0..<8 {
          let (mean, value) = (Double(decoded[8 * i + c]), Double(x[r, c]))
          log +=
            isBernoulli
            ? logarithm(max(1e-9, value == 1 ? mean : 1 - mean))
            : -(value - mean) * (value - mean) / (2 * noise) - 0.5 * logarithm(2 * Double.pi * noise)
        }
        density += exponential(log) / 40
      }
      sum += logarithm(density)
    }
    return sum / Double(x.rows)
  }

  @Test("the bound is below the log likelihood that quadrature gives, and near it", arguments: [true, false])
  func bound(isBernoulli: Bool) throws {
    let model = try fit(isBernoulli: isBernoulli).model
    let x = samples(1000, isBernoulli: isBernoulli, seed: 4)
    let found = try #require(
      model.elbo(on: x, kernels: Kernels(), workers: Self.workers)?.bound)
    let exact = try logLikelihood(model, x, isBernoulli: isBernoulli)
    // One draw a row leaves some noise.
    #expect(found.value < exact + 0.1)
    #expect(found.value > exact - 0.5)
    #expect(found.divergence > 0.5)
  }

  @Test(
    "the bound beats values that are taken each by itself, and the result tells it", arguments: [true, false])
  func beatsIndependence(isBernoulli: Bool) throws {
    let result = try fit(isBernoulli: isBernoulli)
    let found = try #require(result.elbo)
    let held = result.heldSamples
    var alone = 0.0
    for c in 0..<8 {
      let values = (0..<held.rows).map { Double(held[$0, c]) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      alone +=
        isBernoulli
        ? mean * logarithm(mean) + (1 - mean) * logarithm(1 - mean)
        : -0.5 * logarithm(2 * Double.pi * variance) - 0.5
    }
    #expect(found.value > alone + 0.5)
  }

  @Test("a larger beta spends less on latents")
  func beta() throws {
    let all = try [1, 2, 50].map { beta in
      let bound = try fit(isBernoulli: true, beta: beta).elbo
      return try #require(bound).divergence
    }
    #expect(all[1] < all[0] - 0.2)
    // The posterior collapses, and the model stays what it was to be.
    #expect(all[2] < 0.1)
  }

  @Test("the number of workers does not change a bit of the model")
  func workers() throws {
    let one = try fit(isBernoulli: false, workers: 1, epochs: 3).model.content
    #expect(try fit(isBernoulli: false, workers: 3, epochs: 3).model.content == one)
    #expect(try fit(isBernoulli: false, workers: 1, epochs: 3, seed: 2).model.content != one)
  }

  @Test("quality goes with the steps of latents: more bits and less error than before")
  func qualities() throws {
    let result = try fit(isBernoulli: false)
    let network = try #require(result.model.network)
    #expect(network.point(0.5).step > 0.99 && network.point(0.5).step < 1.01)
    let held = Matrix(rows: result.heldSamples.rows, columns: 8)
    for r in 0..<held.rows { held.row(r).update(from: result.heldSamples.row(r), count: 8) }
    result.model.standardize(held, Kernels())
    func error(_ u: Float) -> Double {
      let reached = result.model.reconstruct(held, at: network.point(u), Kernels(), Self.workers)
      var sum = 0.0
      for r in 0..<held.rows {
        for (a, b) in zip(held.values(ofRow: r), reached.values(ofRow: r)) {
          sum += Double((a - b) * (a - b))
        }
      }
      return sum
    }
    #expect(error(1) < error(0.5) && error(0.5) < error(0))
    #expect(result.model.qualities.allSatisfy { $0.network != nil })
  }

  @Test(
    "what Bernoulli's likelihood cannot take is refused; by itself it takes pixels and probabilities alone")
  func likelihoods() throws {
    var options = FitOptions()
    (options.objective, options.likelihood, options.epochs, options.hidden) = (.elbo, .bernoulli, 1, [4])
    let negative = samples(64, isBernoulli: false, seed: 5)
    #expect(throws: FitError.self) {
      _ = try ModelFit(options, kernels: Kernels(), workers: Self.workers)(
        negative, isInteger: false, elementRange: nil)
    }
    options.likelihood = .automatic
    func chosen(_ x: Matrix, isInteger: Bool) throws -> Likelihood? {
      try ModelFit(options, kernels: Kernels(), workers: Self.workers)(
        x, isInteger: isInteger, elementRange: nil
      ).model.network?.elbo?.likelihood
    }
    var random = RandomSource(seed: 6)
    #expect(try chosen(samples(64, isBernoulli: false, seed: 5), isInteger: false) == .gaussian)
    #expect(
      try chosen(samples(64, isBernoulli: true, seed: 5), isInteger: false)
        == .bernoulli(lowest: 0, highest: 1))
    let pixels = Matrix(rows: 64, columns: 4, (0..<256).map { _ in Float(random.index(below: 17)) })
    #expect(try chosen(pixels, isInteger: true) == .bernoulli(lowest: 0, highest: 16))
    let counts = Matrix(rows: 64, columns: 4, (0..<256).map { _ in Float(random.index(below: 2000)) })
    #expect(try chosen(counts, isInteger: true) == .gaussian)
  }

  @Test("missing values are not asked for")
  func missing() throws {
    var options = FitOptions()
    (options.objective, options.likelihood, options.epochs, options.hidden) = (.elbo, .gaussian, 20, [16])
    options.latents = 1
    let x = samples(1000, isBernoulli: false, seed: 7)
    for r in 0..<x.rows { x[r, r % 8] = .nan }
    let result = try ModelFit(options, kernels: Kernels(), workers: Self.workers)(
      x, isInteger: false, elementRange: nil)
    #expect(result.missingValues == 1000)
    #expect(try #require(result.elbo).value.isFinite)
  }
}
