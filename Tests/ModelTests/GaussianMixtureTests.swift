import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

@Suite("Gaussian mixtures")
struct GaussianMixtureTests {
  private let kernels = Kernels()
  private let workers = Workers(count: 2)

  /// Three Gaussians of three latents: one round, one long and askew, one small.
  private static let known = GaussianMixture(
    latents: 3,
    components: [
      .init(weight: 0.5, mean: [4, 0, 0], factor: [1, 0, 1, 0, 0, 1]),
      .init(weight: 0.3, mean: [-4, 2, 1], factor: [3, -1, 0.5, 1, 1, 2]),
      .init(weight: 0.2, mean: [0, -6, 0], factor: [0.5, 0.25, 0.5, 0, -0.25, 0.5]),
    ])

  private func draw(_ rows: Int, _ mixture: GaussianMixture = known, seed: UInt64) -> Matrix {
    var random = RandomSource(seed: seed)
    let result = Matrix(rows: rows, columns: mixture.latents)
    for r in 0..<rows { mixture.draw(&random, into: result.row(r)) }
    return result
  }

  private func fit(_ x: Matrix, _ components: Int, threads: Int = 2, _ kernels: Kernels = Kernels())
    -> GaussianMixture?
  {
    var random = RandomSource(seed: 5)
    return .fit(
      x, components: components, floor: 1e-4, kernels: kernels, workers: Workers(count: threads),
      random: &random)
  }

  private func likelihood(_ mixture: GaussianMixture, _ x: Matrix) -> Double {
    let logs = mixture.logDensities(of: x, kernels: kernels, workers: workers)
    return logs.reduce(0, +) / Double(logs.count)
  }

  @Test("the density of one Gaussian is that of the formula")
  func density() throws {
    // L = (2 0; 1 3), so that det = 6, and L^-1 (x - mean) of (3, 1) - (1, -1) is (1, 1/3).
    let one = GaussianMixture(
      latents: 2, components: [.init(weight: 7, mean: [1, -1], factor: [2, 1, 3])])
    let x = Matrix(rows: 2, columns: 2, [3, 1, 1, -1])
    let logs = one.logDensities(of: x, kernels: kernels, workers: workers)
    let top = -logarithm(2 * Double.pi) - logarithm(6)
    #expect((logs[1] - top).magnitude < 1e-5)
    #expect((logs[0] - (top - 0.5 * (1 + 1.0 / 9))).magnitude < 1e-5)
  }

  @Test("densities of components add up by their weights")
  func weights() {
    let apart = GaussianMixture(
      latents: 1,
      components: [
        .init(weight: 1, mean: [0], factor: [1]), .init(weight: 3, mean: [100], factor: [0.5]),
      ])
    let logs = apart.logDensities(
      of: Matrix(rows: 2, columns: 1, [0, 100]), kernels: kernels, workers: workers)
    let half = 0.5 * logarithm(2 * Double.pi)
    #expect((logs[0] - (logarithm(0.25) - half)).magnitude < 1e-5)
    #expect((logs[1] - (logarithm(0.75) + logarithm(2) - half)).magnitude < 1e-5)
  }

  @Test("what is drawn has the means, variances and weights of its mixture")
  func drawing() {
    let n = 20_000
    let x = draw(n, seed: 1)
    for c in 0..<3 {
      var (mean, power) = (0.0, 0.0)
      for component in Self.known.components {
        let row = component.factor[GaussianMixture.triangle(c)...].prefix(c + 1)
        let variance = row.reduce(0) { $0 + Double($1 * $1) }
        mean += Double(component.weight * component.mean[c])
        power += Double(component.weight) * (variance + Double(component.mean[c] * component.mean[c]))
      }
      let drawn = (0..<n).map { Double(x[$0, c]) }
      let found = drawn.reduce(0, +) / Double(n)
      let square = drawn.reduce(0) { $0 + $1 * $1 } / Double(n)
      #expect((found - mean).magnitude < 0.1, "\(found) for \(mean)")
      #expect((square / power - 1).magnitude < 0.05, "\(square) for \(power)")
    }
  }

  @Test("a fit is as likely on other rows as the mixture that they come from, and one Gaussian is not")
  func recovery() throws {
    let (x, other) = (draw(4000, seed: 2), draw(4000, seed: 3))
    let ideal = likelihood(Self.known, other)
    let three = try #require(fit(x, 3))
    #expect(three.count == 3)
    #expect((likelihood(three, other) - ideal).magnitude < 0.02)
    let weights = three.components.map(\.weight).sorted()
    for (found, known) in zip(weights, [0.2, 0.3, 0.5] as [Float]) {
      #expect((found - known).magnitude < 0.03)
    }
    #expect(likelihood(try #require(fit(x, 1)), other) < ideal - 0.5)
  }

  @Test("more components never make fitted rows much less likely")
  func growth() throws {
    let x = draw(1500, seed: 4)
    let values = try [1, 2, 4, 8].map { likelihood(try #require(fit(x, $0)), x) }
    for (less, more) in zip(values, values.dropFirst()) { #expect(more > less - 0.01, "\(values)") }
  }

  @Test("threads and kernels change nothing", arguments: Kernels.all.map(\.name))
  func exact(name: String) throws {
    let x = draw(700, seed: 6)
    let first = try #require(fit(x, 4, threads: 1, Kernels(named: "plain")))
    #expect(fit(x, 4, threads: 3, try Kernels(named: name)) == first)
  }

  @Test("rows without variance, and fewer rows than components, have a fit or none")
  func degenerate() {
    let same = Matrix(rows: 50, columns: 2, [Float](repeating: 3, count: 100))
    let one = fit(same, 4)
    #expect(one?.count == 1)
    #expect(one.map { likelihood($0, same).isFinite } == true)
    #expect(fit(Matrix(rows: 1, columns: 2, [1, 2]), 3) == nil)
    #expect(fit(Matrix(rows: 3, columns: 2, [1, 2, 1, 2, 5, 5]), 8)?.components.isEmpty == false)
  }

  @Test("a mixture comes back from its bytes; cuts, additions and impossible numbers are refused")
  func coding() throws {
    let mixture = Self.known.scaled(by: [1, 0.3, 20])
    let bytes = mixture.encode()
    #expect(bytes.count == 2 + GaussianMixture.bytes(latents: 3, components: 3))
    #expect(GaussianMixture(bytes, latents: 3) == mixture)
    #expect(GaussianMixture(bytes, latents: 2) == nil)
    for cut in bytes.indices { #expect(GaussianMixture(Array(bytes[..<cut]), latents: 3) == nil) }
    #expect(GaussianMixture(bytes + [0], latents: 3) == nil)
    // Weight; a mean; the first number of the diagonal: infinite, not a number, below 0.
    for (place, number) in [(2, 0x7F80), (4, 0x7FC0), (10, 0xBF80), (2, 0x8000), (10, 0)] {
      var damaged = bytes
      (damaged[place], damaged[place + 1]) = (UInt8(number & 0xFF), UInt8(number >> 8))
      #expect(GaussianMixture(damaged, latents: 3) == nil, "\(place)")
    }
    for huge in [[0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1], [3, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0, 1], [3, 0]] {
      #expect(GaussianMixture(huge.map { UInt8($0) } + bytes, latents: 3) == nil)
    }
  }

  @Test("a Cholesky factor gives back its matrix, and its inverse the identity", arguments: [1, 2, 7, 20])
  func cholesky(n: Int) throws {
    var random = RandomSource(seed: UInt64(n))
    let b = random.symmetric(n)
    var a = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n {
        var sum: Double = i == j ? 0.1 : 0
        for k in 0..<n { sum += b[i * n + k] * b[k * n + j] }
        a[i * n + j] = sum
      }
    }
    let l = try #require(Cholesky(a, n: n)).factor
    let inverse = Cholesky.inverse(ofLower: l, n: n)
    for i in 0..<n {
      for j in 0..<n {
        var product = 0.0
        var unit: Double = i == j ? -1 : 0
        for k in 0..<n {
          product += l[i * n + k] * l[j * n + k]
          unit += l[i * n + k] * inverse[k * n + j]
        }
        #expect((product - a[i * n + j]).magnitude < 1e-9 * Double(n))
        #expect(unit.magnitude < 1e-8)
      }
    }
    a[0] = -1
    #expect(Cholesky(a, n: n) == nil)
  }

  @Test("the mass around a number is what a table of steps of 1 gives its symbol")
  func masses() {
    var random = RandomSource(seed: 9)
    for _ in 0..<20 {
      let density = random.mixture(scale: 3)
      let weights = density.symbolWeights(step: 1, kernels: kernels)
      for (place, weight) in weights.weights.enumerated() where weight > 1 << 12 {
        let mass = exponential(density.logMass(around: Double(weights.lowest) + Double(place)))
        #expect((mass * 0x1p24 / Double(weight) - 1).magnitude < 0.002)
      }
    }
  }
}
