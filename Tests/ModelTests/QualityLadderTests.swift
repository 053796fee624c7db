import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

@Suite("The ladder of qualities")
struct QualityLadderTests {
  typealias Candidate = OperatingPointSearch.Candidate

  /// Candidates of layers with several prices each, whose steps leave other errors than expected.
  private func measured(_ points: [OperatingPoint], seed: UInt64) -> [Candidate] {
    var random = RandomSource(seed: seed)
    return points.map { point in
      let place = point.steps.firstIndex { $0 > 0 } ?? 0
      let step = Double(point.steps[place]) * (0.9 + 0.2 * Double(random.uniform()))
      let bits = -6 * logarithm(step) / logarithm(2) + 12 + Double(place) * step * 3
      return Candidate(
        point: point, bits: bits * (1 + 0.003 * Double(random.normal())),
        error: step * step / 12 * (1 + 0.2 * Double(random.uniform())))
    }
  }

  private func ladder(seed: UInt64, countsFiles: Bool = false) -> (coarse: QualityLadder, fine: QualityLadder)
  {
    let points = (0..<40).flatMap { s in
      (0..<2).map { place in
        var steps: [Float] = [0, 0]
        steps[place] = Float(power(0.8, Double(s)))
        return OperatingPoint(network: nil, steps: steps)
      }
    }
    let coarse = QualityLadder(
      measured(points, seed: seed), lowest: 12, highest: 60, hasIntegers: true, countsFiles: countsFiles)
    return (coarse, coarse.adding(measured(coarse.proposals, seed: seed + 100)))
  }

  @Test(
    "neither rate nor PSNR falls from a quality to the next, as they were measured", arguments: 1...20,
    [false, true])
  func monotone(seed: UInt64, countsFiles: Bool) {
    let ladder = ladder(seed: seed, countsFiles: countsFiles).fine
    let chosen = ladder.chosen
    #expect(chosen.count == 101)
    for (a, b) in zip(chosen, chosen.dropFirst()) {
      #expect(a.bits <= b.bits && a.error >= b.error)
      #expect(a.point != b.point || a.bits == b.bits)
    }
    #expect(Set(chosen.map(\.bits)).count > 30)
  }

  @Test("proposals make the ladder finer: points are nearer to their targets")
  func finer() {
    func distance(_ ladder: QualityLadder) -> Double {
      ladder.chosen.enumerated().reduce(0) {
        $0 + (QualityLadder.psnr($1.element.error) - ladder.target(Double($1.offset))).magnitude
      }
    }
    let (coarse, fine) = ladder(seed: 5)
    #expect(distance(fine) < 0.8 * distance(coarse))
  }

  @Test("where only an exact candidate is accurate enough, it is the last quality's")
  func exact() {
    func candidate(_ step: Float, _ bits: Double, _ error: Double) -> Candidate {
      Candidate(point: OperatingPoint(network: nil, steps: [step]), bits: bits, error: error)
    }
    let ladder = QualityLadder(
      [candidate(4, 1, 0.1), candidate(3, 3, 0.01), candidate(2, 4, 0.003), candidate(1, 5, 1e-13)],
      lowest: 10, highest: 30, hasIntegers: true)
    #expect(ladder.chosen.last?.point.steps == [1])
    #expect(ladder.chosen.first?.point.steps == [4])
  }

  @Test("points that are measured alone are measured as in a search", arguments: [false, true])
  func again(isInteger: Bool) throws {
    var options = FitOptions()
    (options.epochs, options.hidden) = (3, [8])
    let (kernels, workers) = (Kernels(), Workers(count: 2))
    var random = RandomSource(seed: 9)
    let samples = random.normals(rows: 300, columns: 6, deviation: 20)
    for r in 0..<samples.rows { for c in 0..<6 { samples.row(r)[c].round() } }
    let fit = ModelFit(options, kernels: kernels, workers: workers)
    let result = try fit(samples, isInteger: isInteger, elementRange: nil)
    let held = result.heldSamples.copy(rows: 0..<result.heldSamples.rows)
    result.model.standardize(held, kernels)
    let search = OperatingPointSearch(
      kernels: kernels, workers: workers, held: held, heldSamples: result.heldSamples, model: result.model)
    let found = search.withNetwork() + search.withoutNetwork()
    #expect(found.count > 40)
    let alone = search.candidates(found.map(\.point))
    #expect(alone.count == found.count)
    for a in found {
      #expect(alone.contains { $0.point == a.point && $0.bits == a.bits && $0.error == a.error })
    }
  }
}
