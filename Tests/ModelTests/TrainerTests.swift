import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

/// A small fit of points near a curve, which a network can learn and PCA cannot.
private struct ToyFit {
  let trainer: Trainer
  let check: ValidationLoss

  init(
    seed: UInt64 = 1, kernels: Kernels = Kernels(), workers: Int = 1, batch: Int = 32, clipped: Bool = false
  ) {
    var random = RandomSource(seed: 21)
    let x = Matrix(rows: 96, columns: 5)
    for r in 0..<x.rows {
      let t = 2 * random.uniform() - 1
      for (c, value) in [t, t * t, t * t * t, cosine(Double(4 * t)).asFloat, (2 * t).magnitude].enumerated() {
        let exact = 1.5 * (value - 0.4) + 0.01 * random.normal()
        x[r, c] = clipped ? max(-0.5, min(0.5, exact)) : exact
      }
    }
    let workers = Workers(count: workers)
    let components = PrincipalComponents(of: x, components: 5, kernels: kernels, workers: workers)
    let architecture = Architecture(values: 5, latents: 3, hidden: [12], anchors: 3)
    let qualities = LambdaRange(low: 2, high: 500)
    let parameters = Parameters(architecture, components: components, qualities: qualities, random: &random)
    let inverse = components.variances.prefix(3).map { 1 / max(0.05, Float($0.squareRoot())) }
    var bounds: (low: FloatBuffer, high: FloatBuffer)?
    if clipped {
      bounds = (FloatBuffer(count: 32), FloatBuffer(count: 32))
      for i in 0..<5 {
        bounds?.low.pointer[i] = -0.5
        bounds?.high.pointer[i] = 0.5
      }
    }
    var options = Trainer.Options()
    options.seed = seed
    options.batch = batch
    trainer = Trainer(
      x, parameters: parameters, inverseDeviation: inverse, bounds: bounds, qualities: qualities,
      options: options,
      kernels: kernels, workers: workers)
    check = ValidationLoss(
      x, parameters, inverseDeviation: inverse, bounds: bounds, qualities: qualities, kernels: kernels,
      workers: workers)
  }

  func run(_ steps: Int) -> [UInt32] {
    for step in 0..<steps { trainer.step(progress: Double(step) / Double(steps)) }
    return trainer.parameters.buffer.array.map(\.bitPattern)
  }
}

extension Double {
  fileprivate var asFloat: Float { Float(self) }
}

@Suite("Trainer")
struct TrainerTests {
  @Test("the number of workers does not change a bit", arguments: [32, 33])
  func workers(batch: Int) {
    let first = ToyFit(workers: 1, batch: batch).run(12)
    #expect(ToyFit(workers: 2, batch: batch).run(12) == first)
    #expect(ToyFit(workers: 3, batch: batch).run(12) == first)
  }

  @Test("the variant of the kernels does not change a bit", arguments: [false, true])
  func variants(clipped: Bool) {
    let first = ToyFit(clipped: clipped).run(12)
    for kernels in Kernels.all { #expect(ToyFit(kernels: kernels, clipped: clipped).run(12) == first) }
  }

  @Test("the seed sets what training comes to")
  func seeds() {
    let first = ToyFit(seed: 1).run(5)
    #expect(ToyFit(seed: 1).run(5) == first)
    #expect(ToyFit(seed: 2).run(5) != first)
  }

  @Test("training lowers the loss", arguments: [false, true])
  func learning(clipped: Bool) {
    let fit = ToyFit(clipped: clipped)
    let before = fit.check.measure().loss
    let numbers = fit.run(400)
    let after = fit.check.measure().loss
    #expect(after < before - 0.1, "\(before) to \(after)")
    #expect(numbers.allSatisfy { Float(bitPattern: $0).isFinite })
    #expect(fit.trainer.stepsDone == 400)
  }

  @Test("padding is never trained")
  func padding() {
    let fit = ToyFit()
    _ = fit.run(5)
    let a = fit.trainer.parameters.architecture
    for entry in a.entries where entry != a.prior {
      let pointer = fit.trainer.parameters.pointer(entry)
      for i in 0..<entry.shape.inputs {
        for j in entry.shape.outputs..<paddedToPanels(entry.shape.outputs) {
          #expect(pointer[entry.shape.index(i, j)] == 0)
        }
      }
    }
  }

  @Test("the curriculum ends at the finest quality, and the rate at next to nothing")
  func schedule() {
    let schedule = Schedule(peakRate: 1)
    #expect(schedule.top(0) < 0.1 && schedule.top(1) == 1)
    #expect(schedule.rate(0) < 0.1 && (schedule.rate(0.1) - 1).magnitude < 1e-9 && schedule.rate(1) < 1e-4)
    var last: Float = 0
    for i in 0...20 {
      #expect(schedule.top(Double(i) / 20) >= last)
      last = schedule.top(Double(i) / 20)
      #expect(schedule.beta1(Double(i) / 20) >= 0.85 - 1e-9 && schedule.beta1(Double(i) / 20) <= 0.95 + 1e-9)
    }
  }

  @Test("densities fitted to columns are those that the columns were drawn from")
  func mixtureFit() {
    var random = RandomSource(seed: 31)
    let x = Matrix(rows: 600, columns: 3)
    for r in 0..<600 {
      x[r, 0] = 2 * random.normal()
      x[r, 1] = random.next() % 2 == 0 ? -5 + 0.3 * random.normal() : 5 + 0.3 * random.normal()
      x[r, 2] = 0.01 * random.normal() + 0.02
    }
    let deviations: [Float] = [2, 5, 0.02]
    var (a, b) = (RandomSource(seed: 1), RandomSource(seed: 1))
    let fitted = MixtureFit.fit(
      x, deviations: deviations, kernels: Kernels(), workers: Workers(count: 1), random: &a)
    let again = MixtureFit.fit(
      x, deviations: deviations, kernels: Kernels(), workers: Workers(count: 2), random: &b)
    #expect(fitted == again)
    #expect((fitted[0].spread / 2 - 1).magnitude < 0.2)
    #expect((fitted[1].spread / 5 - 1).magnitude < 0.2)
    #expect((fitted[2].spread / 0.01 - 1).magnitude < 0.3)
    // Two peaks far apart leave nothing between them.
    let w = fitted[1].symbolWeights(step: 1, kernels: Kernels())
    let middle = Int(-w.lowest)
    #expect(w.weights[middle] < w.weights[middle + 5] / 20 && w.weights[middle] < w.weights[middle - 5] / 20)
  }
}
