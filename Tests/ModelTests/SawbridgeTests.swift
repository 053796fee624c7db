import Testing

@testable import Tensor
@testable import Training
@testable import Transform

/// Edges at places of their own: each sample of the sawbridge is one random number.
@Suite("Sawbridge")
struct SawbridgeTests {
  /// x(t) = t - 1(t > U), for U uniform in 0 ..< 1 (Wagner and Balle, ITW 2021).
  static func samples(rows: Int, columns: Int) -> Matrix {
    var random = RandomSource(seed: 61)
    let x = Matrix(rows: rows, columns: columns)
    for r in 0..<rows {
      let edge = random.uniform()
      for c in 0..<columns {
        let t = Float(c) / Float(columns - 1)
        x[r, c] = t > edge ? t - 1 : t
      }
    }
    return x
  }

  @Test("after a short fit, one random number takes at most twice what it must, and far less than PCA's")
  func rate() throws {
    var options = FitOptions()
    options.hidden = [64, 64]
    options.epochs = 60
    let kernels = Kernels()
    let fit = ModelFit(options, kernels: kernels, workers: Workers(count: 2)) { _ in true }
    let result = try fit(Self.samples(rows: 2000, columns: 64), isInteger: false, elementRange: nil)
    let model = result.model
    let held = result.heldSamples.copy(rows: 0..<result.heldSamples.rows)
    model.standardize(held, kernels)
    let hull = OperatingPointSearch(
      kernels: kernels, workers: Workers(count: 2), held: held, heldSamples: result.heldSamples, model: model)
    let scale = Double(model.scale * model.scale)
    // The mean squared error of 16 equal cells, which take 4 bits.
    let error = 1.0 / (6 * 16)
    let bits =
      OperatingPointSearch.pareto(hull.withNetwork()).first { $0.error * scale <= error }?.bits ?? .infinity
    let linear = result.pca.filter { $0.error <= error }.map(\.bits).min() ?? .infinity
    #expect(bits < 8 && bits > 4, "\(bits) bits, PCA \(linear)")
    #expect(bits < 0.3 * linear, "\(bits) bits, PCA \(linear)")
  }

  @Test("components that keep coming are told from those that end", arguments: [64, 256])
  func endless(columns: Int) {
    func spectrum(_ variance: (Double) -> Double) -> Spectrum {
      let variances = (1...columns).map { variance(Double($0)) }
      return Spectrum(variances: variances, total: variances.reduce(0, +))
    }
    let slow = spectrum { 100 / ($0 * $0) }
    let fast = spectrum { 100 * exponential(-0.5 * $0) }
    #expect(slow.isEndless && !fast.isEndless)
    #expect(!spectrum { _ in 1 }.isEndless)
    // The range is short enough for one network, and starts coarser.
    let range = slow.qualityRange(latents: columns)
    let (coarse, fine) = (1 / Double(range.low), 1 / Double(range.high))
    let level = Spectrum.level(step: (6 / logarithm(2)).squareRoot())
    let ratio = slow.rate(level: level * fine).bits / slow.rate(level: level * coarse).bits
    #expect(ratio > 20 && ratio < 26, "\(ratio)")
    #expect(slow.latentCount() < columns)
  }
}
