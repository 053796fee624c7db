import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

@Suite("Symbol weights")
struct LogisticMixtureTests {
  private let kernels = Kernels()
  private let whole = 1 << 24

  /// The distribution function in binary64.
  private func cumulative(_ mixture: LogisticMixture, _ x: Double) -> Double {
    let shares = mixture.logits.map { exponential(Double($0)) }
    var sum = 0.0
    for m in 0..<3 {
      let power = (Double(mixture.means[m]) - x) / exponential(Double(mixture.logScales[m]))
      sum += shares[m] / (1 + exponential(min(700, power)))
    }
    return sum / shares.reduce(0, +)
  }

  /// What holds for any numbers whatever.
  private func expectSound(_ w: LogisticMixture.SymbolWeights, _ what: @autoclosure () -> String) {
    #expect(w.weights.count >= 1 && w.weights.count <= LogisticMixture.widestTable, "\(what())")
    #expect(w.rawBits >= 0 && w.rawBits <= 24, "\(what())")
    let sum = w.weights.reduce(Int(w.escape)) { $0 + Int($1) }
    #expect((sum - whole).magnitude <= 2048, "\(what()): \(sum)")
  }

  @Test("weights are the masses of a reference, and all of it adds up", arguments: 1...12)
  func reference(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    let mixture = random.mixture(scale: 2)
    for step: Float in [0.05, 0.25, 1, 3] {
      let w = mixture.symbolWeights(step: step, kernels: kernels)
      expectSound(w, "step \(step)")
      var inside = 0.0
      for (i, weight) in w.weights.enumerated() {
        let first = Double((Int(w.lowest) + i) << w.rawBits) - 0.5
        let last = Double((Int(w.lowest) + i + 1) << w.rawBits) - 0.5
        let exact = cumulative(mixture, last * Double(step)) - cumulative(mixture, first * Double(step))
        #expect((Double(weight) - exact * 0x1p24).magnitude < 40)
        inside += exact
      }
      #expect((Double(w.escape) - (1 - inside) * 0x1p24).magnitude < 64)
      #expect(w.escape < 1 << 16, "little is left to the escape")
    }
  }

  @Test("a step much wider than the density leaves one symbol or a few")
  func hugeStep() {
    let mixture = LogisticMixture(means: [0.1, -0.2, 0.3], logScales: [-1, 0, -2], logits: [0, 0, 0])
    for step: Float in [30, 1e3, 1e9, 1e30] {
      let w = mixture.symbolWeights(step: step, kernels: kernels)
      expectSound(w, "step \(step)")
      #expect(w.weights.count <= 3 && w.rawBits == 0)
      let zero = Int(-w.lowest)
      #expect(w.weights.indices.contains(zero) && w.weights[zero] > UInt32(whole - 64))
    }
  }

  @Test(
    "a step much finer than the density leaves low bits raw", arguments: [1e-3, 1e-5, 1e-8, 1e-20] as [Float])
  func tinyStep(step: Float) {
    let mixture = LogisticMixture(means: [-1, 0, 1], logScales: [0, 0.5, 0], logits: [0, 1, 0])
    let w = mixture.symbolWeights(step: step, kernels: kernels)
    expectSound(w, "step \(step)")
    // Where symbols reach so far, more than half of the table is in use; finer steps leave all to the escape.
    if step >= 1e-7 {
      #expect(w.rawBits > 0)
      #expect(w.weights.count * 2 > LogisticMixture.widestTable)
      #expect(w.escape < 1 << 16)
    }
  }

  @Test("a light, wide component does not make the symbols coarse")
  func lightTail() {
    let narrow = LogisticMixture(means: [0, 0, 0], logScales: [0, 0, 0], logits: [0, 0, 0])
    var tailed = narrow
    tailed.logScales[2] = 12
    tailed.logits[2] = -20
    let w = tailed.symbolWeights(step: 1, kernels: kernels)
    expectSound(w, "tail")
    #expect(w.rawBits == 0)
    #expect(w.weights.count < 64)
    // A heavy one does.
    tailed.logits[2] = 0
    let heavy = tailed.symbolWeights(step: 1, kernels: kernels)
    expectSound(heavy, "heavy tail")
    #expect(heavy.rawBits > 0)
  }

  @Test("symbols far from zero are found where they are", arguments: [-3e5, -1000, 1000, 3e5] as [Float])
  func shifted(mean: Float) {
    let mixture = LogisticMixture(means: [mean, mean, mean], logScales: [0, 0, 0], logits: [0, 0, 0])
    let w = mixture.symbolWeights(step: 1, kernels: kernels)
    expectSound(w, "mean \(mean)")
    let most = w.weights.indices.max { w.weights[$0] < w.weights[$1] } ?? 0
    #expect(w.lowest + Int32(most) == Int32(mean))
  }

  @Test("any finite numbers, and even others, make a sound table in finite time", arguments: 1...8)
  func hostile(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    let extremes: [Float] = [
      0, 1, -1, 88, -87, 1e4, -1e4, 3.4e38, -3.4e38, 1e-30, 1e20, -1e20, 5e8, -5e8, 2e9, .infinity,
      -.infinity, .nan,
    ]
    for _ in 0..<24 {
      func numbers(_ random: inout RandomSource) -> [Float] {
        (0..<3).map { _ in
          random.next() % 3 == 0
            ? Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            : extremes[random.index(below: extremes.count)]
        }
      }
      let mixture = LogisticMixture(
        means: numbers(&random), logScales: numbers(&random), logits: numbers(&random))
      let steps: [Float] = [1, 0x1p-9, 0x1p9, 1e-29, 3e38]
      let step = steps[random.index(below: steps.count)]
      let first = mixture.symbolWeights(step: step, kernels: kernels)
      expectSound(first, "\(mixture), step \(step)")
      for other in Kernels.all { #expect(mixture.symbolWeights(step: step, kernels: other) == first) }
    }
  }

  @Test("numbers that are none, as sums of a damaged network's, make a sound table")
  func notNumbers() {
    let bad: [Float] = [.nan, .infinity, -.infinity]
    let fine: [Float] = [0, 0, 0]
    for value in bad {
      let three = [value, value, value]
      for mixture in [
        LogisticMixture(means: three, logScales: fine, logits: fine),
        LogisticMixture(means: fine, logScales: three, logits: fine),
        LogisticMixture(means: fine, logScales: fine, logits: three),
        LogisticMixture(means: three, logScales: three, logits: three),
        LogisticMixture(means: [.nan, 3, .nan], logScales: fine, logits: three),
      ] {
        expectSound(mixture.symbolWeights(step: 1, kernels: kernels), "\(mixture)")
      }
    }
  }

  @Test("all variants of the kernels give the same integers")
  func variants() {
    var random = RandomSource(seed: 99)
    for _ in 0..<10 {
      let mixture = random.mixture(scale: 3)
      let step = 0.01 + random.uniform()
      let first = mixture.symbolWeights(step: step, kernels: kernels)
      for other in Kernels.all { #expect(mixture.symbolWeights(step: step, kernels: other) == first) }
    }
  }

  @Test("the spread is the standard deviation")
  func spread() {
    let one = LogisticMixture(means: [4, 4, 4], logScales: [0, 0, 0], logits: [0, 1, 2])
    #expect((one.spread - Float(Double.pi / 3.0.squareRoot())).magnitude < 1e-5)
    let two = LogisticMixture(means: [-3, 3, 0], logScales: [-20, -20, -20], logits: [0, 0, -50])
    #expect((two.spread - 3).magnitude < 1e-4)
  }
}
