import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

@Suite("First latents")
struct FirstLatentsTests {
  private let kernels = Kernels()
  private let workers = Workers(count: 2)

  /// Bumps of one form anywhere on a ring: one degree of freedom, which no linear map follows.
  private static func ring(rows: Int, columns: Int) -> Matrix {
    var random = RandomSource(seed: 41)
    let x = Matrix(rows: rows, columns: columns)
    for r in 0..<rows {
      let centre = Double(random.uniform()) * Double(columns)
      for c in 0..<columns {
        let distance = (Double(c) - centre).magnitude
        let d = min(distance, Double(columns) - distance) / 1.2
        x[r, c] = Float(100 / (1 + d * d * d * d)) + 0.5 * random.normal()
      }
    }
    return x
  }

  /// What the first latents make of samples, where there are latents.
  private func first(_ counts: [Int], _ samples: Matrix, _ model: Model) throws -> LatentTruncation {
    let found = model.latentTruncation(counts, of: samples, kernels: kernels, workers: workers)
    return try #require(found)
  }

  /// A fit that finds the ring.
  private static let fitted = Result {
    try ModelFit(options, kernels: Kernels(), workers: Workers(count: 2))(
      ring(rows: 300, columns: 12), isInteger: false, elementRange: nil)
  }

  private static var options: FitOptions {
    var options = FitOptions()
    options.hidden = [16, 16]
    options.epochs = 800
    return options
  }

  @Test("latents are ordered by variance, and what each explains adds up to what all of them do")
  func explained() throws {
    let result = try Self.fitted.get()
    let network = result.model.network
    let latents = try #require(network?.latents)
    #expect(result.latentVariances.count == latents && latents > 1)
    #expect(result.latentVariances == result.latentVariances.sorted(by: >))
    #expect(result.explainedVariance.count == latents)
    let all = result.explainedVariance.reduce(0, +)
    #expect(all > 0.9 && all <= 1)
    // The same by another way: the error with all latents, over that of the mean.
    let held = result.heldSamples
    let found = try first([latents], held, result.model)
    let standardized = result.model.standardized(held, kernels: kernels)
    let power = standardized.power * Double(result.model.scale * result.model.scale) / Double(held.columns)
    #expect((1 - found.points[0].error / power - all).magnitude < 1e-4)
  }

  @Test("all latents lose what the way there and back loses, without rounding")
  func everything() throws {
    let model = RandomModel(values: 12, latents: 3, hidden: [5], layers: [], hasValueLayer: false)()
    let samples = Matrix(rows: 150, columns: 12, RandomModel(values: 12).samples(150))
    let found = try first([1, 3], samples, model)
    let latentMap = LatentMap(model, kernels: kernels)
    let map = try #require(latentMap)
    var error = 0.0
    for r in 0..<150 {
      let row = samples.values(ofRow: r)
      var latents = [Float](repeating: 0, count: 3)
      var back = [Float](repeating: 0, count: 12)
      row.withUnsafeBufferPointer { row in
        latents.withUnsafeMutableBufferPointer { map.latents(of: row, rows: 1, into: $0) }
      }
      latents.withUnsafeBufferPointer { latents in
        back.withUnsafeMutableBufferPointer { map.samples(of: latents, rows: 1, into: $0) }
      }
      for (a, b) in zip(row, back) { error += Double((a - b) * (a - b)) }
    }
    #expect(found.points.map(\.count) == [1, 3])
    #expect((found.points[1].error / (error / (150 * 12)) - 1).magnitude < 1e-4)
  }

  @Test("without PCA in the model, components are those of the samples: their errors are the variances left")
  func ownComponents() throws {
    let model = RandomModel(values: 8, latents: 2, hidden: [4], layers: [], hasValueLayer: false)()
    var random = RandomSource(seed: 8)
    let samples = random.normals(rows: 300, columns: 8)
    for r in 0..<300 { for c in 0..<8 { samples[r, c] = samples[r, c] * Float(8 - c) + 5 } }
    let found = try first([1, 2, 8], samples, model)
    #expect(!found.componentsAreFitted)
    // Sums of the smaller variances, near enough those of 49, 36, 25, 16, 9, 4 and 1.
    #expect((found.points[0].linearError * 8 / 140 - 1).magnitude < 0.1)
    #expect((found.points[1].linearError * 8 / 91 - 1).magnitude < 0.1)
    #expect(found.points[2].linearError < 1e-3)
  }

  @Test("PCA of the fit is taken where the model holds it, and loses about what PCA of the samples does")
  func fittedComponents() throws {
    let result = try Self.fitted.get()
    let network = result.model.network
    let counts = Array(1...(try #require(network?.latents)))
    let found = try first([1, 2], result.heldSamples, result.model)
    var bare = result.model
    bare.baseline = nil
    let own = try first([1, 2], result.heldSamples, bare)
    #expect(found.componentsAreFitted && !own.componentsAreFitted)
    #expect(found.points.map(\.error) == own.points.map(\.error))
    for (a, b) in zip(found.points, own.points) {
      #expect(a.linearError > 0.9 * b.linearError && a.linearError < 1.5 * b.linearError)
    }
    // All components leave nothing: the rounding of the stored basis must not pass for an error of PCA.
    let fine = try first(counts + [12], result.heldSamples, result.model)
    #expect(!fine.componentsAreFitted && (fine.points.last?.linearError ?? 1) < 1e-4)
  }

  @Test("a model without a network has no latents to tell of")
  func none() {
    let model = RandomModel(values: 4, latents: 0, layers: [], hasValueLayer: false)()
    let samples = Matrix(rows: 3, columns: 4)
    #expect(model.latentTruncation([1], of: samples, kernels: kernels, workers: workers) == nil)
  }

  @Test("a mixture is kept where latents lie on a ring, of few bytes, whatever the threads")
  func mixture() throws {
    let result = try Self.fitted.get()
    let (found, model) = (result.latentMixture, result.model)
    let mixture = try #require(found)
    let (bytes, all) = (mixture.encode().count, model.encodeDecoder().count)
    #expect(25 * bytes <= all + 50)
    let network = model.network
    for threads in [1, 3] {
      let fit = ModelFit(Self.options, kernels: kernels, workers: Workers(count: threads))
      var random = RandomSource(seed: Self.options.seed)
      let prepared = ModelFit.PreparedData(
        Self.ring(rows: 300, columns: 12), isInteger: false, elementRange: nil, ValueScales(), fit, &random)
      let again = network.flatMap { fit.latentMixture(model, $0, prepared) }
      #expect(again == mixture)
      let shares = network.map { fit.explainedVariance(model, $0, prepared.held) }
      #expect(shares == result.explainedVariance)
    }
  }

  @Test("no mixture is kept where model and codes are to be smallest together")
  func smallest() throws {
    var options = Self.options
    options.epochs = 4
    options.samples = 100_000
    let result = try ModelFit(options, kernels: kernels, workers: workers)(
      Self.ring(rows: 300, columns: 12), isInteger: false, elementRange: nil)
    #expect(result.latentMixture == nil)
  }
}
