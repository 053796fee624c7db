import Testing

@testable import Tensor

@Suite("Two-sample tests")
struct TwoSampleTests {
  private func test(
    _ x: Matrix, _ y: Matrix, bandwidth: Double? = nil, threads: Int = 2, kernels: Kernels = Kernels()
  ) -> TwoSampleTest {
    TwoSampleTest(
      x, y, bandwidth: bandwidth ?? TwoSampleTest.medianDistance(of: x, kernels: kernels), kernels: kernels,
      workers: Workers(count: threads))
  }

  private func column(_ numbers: [Float]) -> Matrix { Matrix(rows: numbers.count, columns: 1, numbers) }

  @Test("the discrepancy of a few numbers is that of the formula")
  func formula() {
    let (x, y): ([Float], [Float]) = ([0, 1, 3], [2, 5])
    func k(_ a: Float, _ b: Float) -> Double { exponential(-Double((a - b) * (a - b)) / 8) }
    let within: Double = (k(0, 1) + k(0, 3) + k(1, 3)) / 3 + k(2, 5)
    var between = 0.0
    for a in x { for b in y { between += k(a, b) } }
    let expected = within - 2 * between / 6
    let result = test(column(x), column(y), bandwidth: 2)
    #expect((result.discrepancy - expected).magnitude < 1e-6)
    // Nearest: 0 to 1, 1 to 0 and 2 alike, 3 to 2, 2 to 1 and 3 (none its own), 5 to 3.
    #expect((result.neighbourAccuracy - (1 + 0.5) / 5).magnitude < 1e-12)
  }

  @Test("rows of one distribution have no discrepancy, and neighbours of both kinds")
  func alike() {
    var random = RandomSource(seed: 1)
    var sum = 0.0
    for _ in 0..<6 {
      let result = test(random.normals(rows: 200, columns: 4), random.normals(rows: 200, columns: 4))
      #expect(result.discrepancy.magnitude < 0.01)
      #expect((result.neighbourAccuracy - 0.5).magnitude < 0.12)
      sum += result.discrepancy
    }
    #expect((sum / 6).magnitude < 0.003)
  }

  @Test("rows that lie apart have a large discrepancy, and neighbours of their own kind alone")
  func apart() {
    var random = RandomSource(seed: 2)
    let x = random.normals(rows: 100, columns: 3)
    let y = random.normals(rows: 80, columns: 3)
    for r in 0..<80 { y[r, 0] = y[r, 0] + 100 }
    let result = test(x, y)
    #expect(result.neighbourAccuracy == 1)
    #expect(result.discrepancy > 0.5)
  }

  @Test("a wider spread is told from a narrow one")
  func spread() {
    var random = RandomSource(seed: 3)
    let result = test(
      random.normals(rows: 300, columns: 2), random.normals(rows: 300, columns: 2, deviation: 2))
    #expect(result.discrepancy > 0.02)
  }

  @Test("copies have neighbours of the other kind alone, and rows that are all the same half of them")
  func ties() {
    var random = RandomSource(seed: 4)
    let x = random.normals(rows: 50, columns: 3)
    #expect(test(x, x).neighbourAccuracy == 0)
    let same = column([Float](repeating: 7, count: 11))
    let result = test(same, same)
    #expect((result.neighbourAccuracy - 10.0 / 21).magnitude < 1e-12)
    #expect(result.discrepancy.magnitude < 1e-9)
  }

  @Test("threads and kernels change nothing", arguments: Kernels.all.map(\.name))
  func exact(name: String) throws {
    var random = RandomSource(seed: 5)
    let (x, y) = (random.normals(rows: 70, columns: 37), random.normals(rows: 50, columns: 37))
    let first = test(x, y, bandwidth: 8, threads: 1, kernels: try Kernels(named: "plain"))
    #expect(test(x, y, bandwidth: 8, threads: 3, kernels: try Kernels(named: name)) == first)
  }

  @Test("the median distance is that of pairs; where most rows are the same it is 1")
  func median() {
    // Pairs lie 1, 3, 2 apart.
    #expect(TwoSampleTest.medianDistance(of: column([0, 1, 3]), kernels: Kernels()) == 2)
    #expect(TwoSampleTest.medianDistance(of: column([5, 5, 5, 5]), kernels: Kernels()) == 1)
    #expect(TwoSampleTest.medianDistance(of: column([5]), kernels: Kernels()) == 1)
  }
}
