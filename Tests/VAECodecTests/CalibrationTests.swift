import Testing

@testable import ByteIO
@testable import Tensor
@testable import VAECodec

/// What a model keeps of held-out rows, and the tests against it.
@Suite("calibration")
struct CalibrationTests {
  private static func normal(_ count: Int, seed: UInt64, shift: Double = 0) -> [Double] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in Double(random.normal()) + shift }
  }

  private static func intervals(_ numbers: [Double], _ stored: StoredDistribution) -> [Int] {
    var found = [Int](repeating: 0, count: stored.edges.count + 1)
    for number in numbers { found[stored.interval(of: number)] += 1 }
    return found
  }

  @Test("a distribution comes back from its bytes, and not from fewer or damaged ones")
  func coding() throws {
    let stored = StoredDistribution(of: Self.normal(500, seed: 1) + [-1e30, 0, 1e30, .nan], edges: 16)
    #expect(stored.count == 503 && stored.edges.count == 16 && stored.counts.last == 503)
    let whole = Calibration(errorPrice: 2, scores: stored, columns: [stored, stored])
    let bytes = whole.encode()
    let back = try #require(Calibration(bytes, values: 2))
    #expect(
      back.scores.edges == stored.edges && back.columns.map(\.counts) == [stored.counts, stored.counts])
    #expect(Calibration(bytes, values: 3) == nil)
    #expect(Calibration(bytes + [0], values: 2) == nil)
    for count in 0..<bytes.count {
      #expect(Calibration(Array(bytes[..<count]), values: 2) == nil, "\(count)")
    }
    var unordered = bytes
    // The first edge becomes larger than the second.
    let first = 8 + 2 + 8 + 1
    unordered[first + 2] = 0x70
    #expect(Calibration(unordered, values: 2) == nil)
  }

  @Test("the number of rows that score at least as much is exact at edges, and between them in order")
  func ranks() {
    let stored = StoredDistribution(of: (1...1000).map(Double.init), edges: 11)
    #expect(stored.atLeast(0) == 1000 && stored.atLeast(1) == 1000 && stored.atLeast(1001) == 0)
    #expect(stored.atLeast(1000) == 1)
    for x in stride(from: 2.0, through: 999, by: 7) {
      #expect((stored.atLeast(x) - (1001 - x)).magnitude < 2, "\(x)")
    }
  }

  @Test("of samples of one distribution, the share that its test allows is found to differ")
  func falseAlarms() {
    var (ranks, distances) = (0, 0)
    let trials = 2000
    for trial in 0..<trials {
      let stored = StoredDistribution(of: Self.normal(400, seed: UInt64(2 * trial)), edges: 128)
      let found = Self.intervals(Self.normal(150, seed: UInt64(2 * trial + 1)), stored)
      if MannWhitneyTest(found, stored).pValue < 0.05 { ranks += 1 }
      if KolmogorovSmirnovTest(found, stored).pValue < 0.05 { distances += 1 }
    }
    // Three standard deviations about 5 %; the distance at edges may alarm less.
    #expect((70...130).contains(ranks), "\(ranks)")
    #expect((40...130).contains(distances), "\(distances)")
  }

  @Test("a shift by a deviation is found, with its size")
  func shift() {
    let stored = StoredDistribution(of: Self.normal(400, seed: 3), edges: 128)
    let found = Self.intervals(Self.normal(400, seed: 4, shift: 1), stored)
    let (ranks, distance) = (MannWhitneyTest(found, stored), KolmogorovSmirnovTest(found, stored))
    // The normal distribution at 1 / sqrt 2, and twice that at 1/2 less 1.
    #expect(ranks.pValue < 1e-10 && (ranks.probabilityAbove - 0.760).magnitude < 0.04)
    #expect(distance.pValue < 1e-10 && (distance.distance - 0.383).magnitude < 0.08)
  }

  @Test("equal numbers differ from nothing")
  func ties() {
    let stored = StoredDistribution(of: [Double](repeating: 7, count: 50), edges: 16)
    let found = Self.intervals([Double](repeating: 7, count: 80), stored)
    #expect(MannWhitneyTest(found, stored).pValue == 1 && KolmogorovSmirnovTest(found, stored).distance == 0)
    #expect(stored.atLeast(7) == 50 && stored.atLeast(8) == 0)
  }

  @Test("Holm's method multiplies the smallest p-value by their number, and keeps the order")
  func holm() {
    let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
    for (found, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) {
      #expect((found - expected).magnitude < 1e-12)
    }
  }
}
