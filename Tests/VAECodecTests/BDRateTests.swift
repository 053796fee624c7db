import Testing

@testable import VAECodec

@Suite("Bjontegaard's delta rate")
struct BDRateTests {
  static let a: [BDRate.Point] = [(10, 20), (16, 23), (40, 30.5), (90, 36), (200, 41)]
  static let b: [BDRate.Point] = [(7, 19), (20, 26), (33, 29.5), (80, 37), (150, 40)]

  private func isNear(_ x: Double?, _ y: Double, within tolerance: Double = 1e-9) -> Bool {
    guard let x else { return false }
    return (x - y).magnitude <= tolerance
  }

  @Test("a curve that takes 20 % less everywhere has -20 %, and the other way round +25 %")
  func parallel() {
    let less = Self.a.map { (bits: $0.bits * 0.8, psnr: $0.psnr) }
    #expect(isNear(BDRate.percent(less, against: Self.a), -20))
    #expect(isNear(BDRate.percent(Self.a, against: less), 25))
    #expect(isNear(BDRate.percent(Self.a, against: Self.a), 0))
  }

  @Test("two points make a straight line in the log of the rate")
  func straight() {
    // From 8 to 32 bits over 10 dB against 8 bits to 8: log 2 on average.
    let rising: [BDRate.Point] = [(8, 30), (32, 40)]
    let line: [BDRate.Point] = [(7.999999, 30), (8, 40)]
    #expect(isNear(BDRate.percent(rising, against: line), 100, within: 1e-4))
  }

  @Test("the log of the rate between points is what SciPy's PchipInterpolator gives")
  func interpolation() throws {
    let curve = try #require(BDRate.LogRate(Self.a))
    let onCurve =
      [
        (20, 2.302585092994046), (21, 2.467391548143296), (22.5, 2.7008113527983237),
        (25, 3.031114650495621), (29, 3.49822930067775), (33, 4.04397736553334), (38, 4.811890873435922),
        (40.5, 5.215819750831048), (41, 5.298317366548036),
      ] as [(Double, Double)]
    for (psnr, expected) in onCurve { #expect(isNear(curve(psnr), expected)) }
    let steep = try #require(BDRate.LogRate([(10, 20), (30, 20.1), (31, 33), (90, 33.2)]))
    let onSteep =
      [
        (20, 2.302585092994046), (20.05, 2.9901793385987694), (24, 3.4165622110968266),
        (30, 3.4202831684997217), (33.1, 3.831825183847624), (33.2, 4.499809670330265),
      ] as [(Double, Double)]
    for (psnr, expected) in onSteep { #expect(isNear(steep(psnr), expected)) }
  }

  @Test("the rate between curves is what SciPy gives, at the same 200 places")
  func rates() {
    #expect(isNear(BDRate.percent(Self.b, against: Self.a), -15.959030576434852, within: 1e-7))
    #expect(isNear(BDRate.percent(Self.a, against: Self.b), 18.98958411105611, within: 1e-7))
    #expect(isNear(BDRate.percent([(12, 20), (50, 28)], against: Self.a), 37.14233195733676, within: 1e-7))
  }

  @Test("points that another beats in both do not count, in any order")
  func efficient() {
    let more = [(500.0, 35.0), (16, 22), (60, 30.5)] + Self.a.reversed()
    #expect(BDRate.percent(more, against: Self.b) == BDRate.percent(Self.a, against: Self.b))
  }

  @Test("there is none without a common interval or with fewer than two points")
  func none() {
    #expect(BDRate.percent([(1, 5), (2, 10)], against: Self.a) == nil)
    #expect(BDRate.percent([(1, 5), (2, 20)], against: Self.a) == nil)
    #expect(BDRate.percent([(10, 30)], against: Self.a) == nil)
    #expect(BDRate.percent([], against: Self.a) == nil)
    #expect(BDRate.percent(Self.a, against: []) == nil)
    // The second is worse than the first in both; the rate 0 has no logarithm.
    #expect(BDRate.percent([(10, 30), (11, 29)], against: Self.a) == nil)
    #expect(BDRate.percent([(0, 25), (10, 30)], against: Self.a) == nil)
  }

  @Test(
    "break-even is where what is saved a sample has paid for the model",
    arguments: [
      (1000, 200, 4.0, 200), (1000, 999, 4.0, 1), (1000, 2000, 4.0, 1), (1001, 200, 4.0, 201),
    ] as [(Int, Int, Double, Int)])
  func breakEven(model: Int, basis: Int, saved: Double, samples: Int) {
    #expect(Codec.breakEven(modelBytes: model, basisBytes: basis, savedBytes: saved) == samples)
  }

  @Test("nothing saved, or next to nothing, never breaks even", arguments: [0, -1, 1e-18, .nan])
  func noBreakEven(saved: Double) {
    #expect(Codec.breakEven(modelBytes: 100_000, basisBytes: 0, savedBytes: saved) == nil)
  }
}
