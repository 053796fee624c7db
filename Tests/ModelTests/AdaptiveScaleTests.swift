import CKernels
import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

@Suite("Row scales")
struct RowScaleTests {
  /// As the documentation has it, in binary64.
  private func levels(_ magnitudes: [Double], step: Double, symbols: [Double]) -> [Double] {
    var (s, n) = (6.0, 6.0)
    return zip(magnitudes, symbols).map { m, y in
      let t = m / step
      let e = t * t * t / (t * t + 0.045)
      defer {
        s = 0.95 * s + y.magnitude * min(1, 1 / e)
        n = 0.95 * n + min(1, e)
      }
      return m * s / (n * step)
    }
  }

  @Test(
    "the scale of a coefficient is its usual size times how large those before were", arguments: [0.1, 2])
  func formula(step: Double) {
    var random = RandomSource(seed: 11)
    let magnitudes = (0..<40).map { 3 / Double($0 + 1) }
    let symbols = magnitudes.map { (2 * $0 / step * Double(random.normal())).rounded() }
    let scale = AdaptiveScale(magnitudes: magnitudes.map { Float($0) }, step: Float(step))
    let expected = levels(magnitudes, step: step, symbols: symbols)
    var sum = AdaptiveScale.start
    for c in magnitudes.indices {
      // At a boundary between levels, rounding decides.
      let around = [0.9999, 1.0001].map { ScaleLevel.of(Float(expected[c] * $0)) }
      #expect(around.contains(scale[c].level(sum)))
      sum = scale[c].sum(after: sum, size: Float(symbols[c]).magnitude)
    }
  }

  @Test(
    "a level is that of the kernels",
    arguments: [0, 1e-30, 0.0078125, 0.5, 1, 1.5, 6, 8191, 1e9, .nan, .infinity])
  func level(scale: Float) {
    var level: [UInt8] = [99]
    Kernels().table.pointee.scale_levels([scale], 1, &level, 1)
    #expect(ScaleLevel.of(scale) == level[0] && level[0] < ScaleLevel.count)
  }

  @Test("absurd sizes, steps and symbols give levels that there are")
  func absurd() {
    for magnitude: Float in [.leastNormalMagnitude, 1, .greatestFiniteMagnitude] {
      for step: Float in [1e-30, 1, .greatestFiniteMagnitude] {
        let scale = AdaptiveScale(magnitudes: [magnitude, magnitude, magnitude], shapes: [1], step: step)
        var sum = AdaptiveScale.start
        for c in 0..<3 {
          #expect(c == 1 ? scale[c].level(sum) == ScaleLevel.count : scale[c].level(sum) < ScaleLevel.count)
          sum = scale[c].sum(after: sum, size: 0x1p31)
        }
      }
    }
  }

  @Test("rows that are larger than usual take fewer bits than with one scale for all")
  func gain() {
    var random = RandomSource(seed: 12)
    let kernels = Kernels()
    let x = Matrix(rows: 600, columns: 16)
    for r in 0..<600 {
      let size: Float = r % 2 == 0 ? 1 : 8
      for c in 0..<16 { x[r, c] = size * random.normal() }
    }
    let components = PrincipalComponents(of: x, components: 16, kernels: kernels, workers: Workers(count: 1))
    let layer = KLTLayer.fit(
      x, components: components, kernels: kernels, workers: Workers(count: 1), random: &random)
    let scale = layer.scale(step: 0.5)
    let costs = layer.symbolWeights(step: 0.5, kernels).map { SymbolCost($0) }
    let coefficients = layer.coefficients(
      of: x.copy(rows: 0..<600), kernels: kernels, workers: Workers(count: 1))
    var bits = 0.0
    for r in 0..<600 {
      var sum = AdaptiveScale.start
      for c in 0..<16 {
        let symbol = (coefficients[r, c] / 0.5).rounded()
        bits += Double(costs[Int(scale[c].level(sum))](Int32(symbol)))
        sum = scale[c].sum(after: sum, size: symbol.magnitude)
      }
    }
    // The entropies of normal numbers of deviations 1 and 8 in steps of a half, log2(deviation sqrt(2 pi e) / 0.5), are
    // 3.05 and 6.05, that of the mixture of both is 5.1.
    #expect(bits / 600 / 16 < 4.95)
  }
}
