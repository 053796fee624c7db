import Testing

@testable import Tensor

/// One of the three ways to find principal components.
enum Way: String, CaseIterable, Sendable {
  case covariance, gram, range

  func callAsFunction(
    _ x: Matrix, _ components: Int, _ kernels: Kernels = Kernels(), _ workers: Workers = Workers(count: 1)
  ) -> PrincipalComponents {
    switch self {
    case .covariance: PrincipalComponents.byCovariance(x, components, kernels, workers)
    case .gram: PrincipalComponents.byGram(x, min(components, x.rows), kernels, workers)
    case .range: PrincipalComponents.byRange(x, min(components, x.rows), kernels, workers)
    }
  }
}

@Suite("Principal components")
struct PrincipalComponentsTests {
  /// Samples whose scatter has exactly the eigenvalues rows * deviation^2, along a known basis.
  private struct Known {
    let x: Matrix
    let basis: [[Double]]

    init(rows: Int, values: Int, deviations: [Double], seed: UInt64) {
      var random = RandomSource(seed: seed)
      basis = random.basis(deviations.count, of: values)
      let scores = random.basis(deviations.count, of: rows)
      x = Matrix(rows: rows, columns: values)
      for r in 0..<rows {
        for c in 0..<values {
          var sum = 0.0
          for (k, deviation) in deviations.enumerated() {
            sum += scores[k][r] * deviation * Double(rows).squareRoot() * basis[k][c]
          }
          x[r, c] = Float(sum)
        }
      }
    }
  }

  private func dot(_ basis: Matrix, _ row: Int, _ other: [Double]) -> Double {
    (0..<basis.columns).reduce(0) { $0 + Double(basis[row, $1]) * other[$1] }
  }

  private func row(_ basis: Matrix, _ row: Int) -> [Double] { basis.values(ofRow: row).map(Double.init) }

  @Test(
    "each way finds a known spectrum and its directions", arguments: Way.allCases,
    [(60, 20), (20, 60), (35, 35)])
  func known(way: Way, shape: (rows: Int, values: Int)) {
    let deviations = [10, 5, 3, 1, 0.5, 0.2]
    let known = Known(rows: shape.rows, values: shape.values, deviations: deviations, seed: 2)
    let found = way(known.x, 5)
    #expect(found.basis.rows == 5 && found.variances.count == 5 && found.basis.columns == shape.values)
    for k in 0..<5 {
      #expect((found.variances[k] / (deviations[k] * deviations[k]) - 1).magnitude < 1e-3, "\(k)")
      #expect(dot(found.basis, k, known.basis[k]).magnitude > 1 - 1e-4, "\(k)")
      for j in 0...k {
        #expect((dot(found.basis, k, row(found.basis, j)) - (j == k ? 1 : 0)).magnitude < 1e-4)
      }
    }
  }

  @Test("the three ways agree on noise", arguments: [(40, 30), (30, 40)])
  func agreement(shape: (rows: Int, values: Int)) {
    var random = RandomSource(seed: 3)
    let x = random.normals(rows: shape.rows, columns: shape.values)
    // Distinct sizes, so that directions are determined.
    for r in 0..<shape.rows { for c in 0..<shape.values { x[r, c] *= c < 6 ? Float(3 << c) : 1 } }
    let all = Way.allCases.map { $0(x, 6) }
    for other in all.dropFirst() {
      for k in 0..<6 {
        #expect((other.variances[k] / all[0].variances[k] - 1).magnitude < 1e-3, "\(k)")
        #expect(dot(other.basis, k, row(all[0].basis, k)).magnitude > 0.999, "\(k)")
      }
    }
  }

  @Test("variances and directions are those of Jacobi's method on the covariance")
  func jacobi() {
    var random = RandomSource(seed: 4)
    let (rows, n) = (50, 8)
    let x = random.normals(rows: rows, columns: n)
    for r in 0..<rows {
      for c in 1..<n { x[r, c] += 0.7 * x[r, c - 1] }
    }
    var covariance = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for r in 0..<rows {
      for i in 0..<n {
        for j in 0..<n { covariance[i][j] += Double(x[r, i]) * Double(x[r, j]) / Double(rows) }
      }
    }
    let exact = jacobiEigen(covariance)
    let found = PrincipalComponents(of: x, components: n, kernels: Kernels(), workers: Workers(count: 2))
    #expect(found.basis.rows == n)
    for k in 0..<n {
      #expect((found.variances[k] / exact[k].value - 1).magnitude < 1e-5)
      #expect(dot(found.basis, k, exact[k].vector).magnitude > 1 - 1e-5)
    }
  }

  /// Cyclic rotations until nothing is left beside the diagonal; largest first.
  private func jacobiEigen(_ matrix: [[Double]]) -> [(value: Double, vector: [Double])] {
    let n = matrix.count
    var a = matrix
    var v = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0.0 } }
    for _ in 0..<30 {
      for p in 0..<n {
        for q in p + 1..<n where a[p][q] != 0 {
          let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (theta < 0 ? -1 : 1) / (theta.magnitude + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<n { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
          for k in 0..<n { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
          for k in 0..<n { (v[p][k], v[q][k]) = (c * v[p][k] - s * v[q][k], s * v[p][k] + c * v[q][k]) }
        }
      }
    }
    return (0..<n).map { (a[$0][$0], v[$0]) }.sorted { $0.0 > $1.0 }
  }

  @Test("no more components come back than there is anything of", arguments: Way.allCases)
  func rank(way: Way) {
    let known = Known(rows: 12, values: 10, deviations: [3, 1], seed: 5)
    let nothing = way(Matrix(rows: 6, columns: 5), 5)
    let found = way(known.x, 10)
    #expect(found.variances.count == found.basis.rows && nothing.variances.count == nothing.basis.rows)
    #expect(found.variances.dropFirst(2).allSatisfy { $0 >= 0 && $0 < 1e-4 })
    #expect((found.variances[0] - 9).magnitude < 0.01 && (found.variances[1] - 1).magnitude < 0.01)
    #expect(nothing.variances.allSatisfy { $0 == 0 })
    for components in [found, nothing] {
      #expect(components.basis.buffer.array.allSatisfy { $0.isFinite })
    }
  }

  @Test("samples of very many values take the way that suits their rows")
  func dispatch() {
    let (rows, values) = (12, PrincipalComponents.exactLimit + 6)
    let known = Known(rows: rows, values: values, deviations: [4, 2, 1], seed: 6)
    let found = PrincipalComponents(
      of: known.x, components: values, kernels: Kernels(), workers: Workers(count: 2))
    #expect(found.basis.rows == 3)
    #expect(zip(found.variances, [16, 4, 1]).allSatisfy { ($0 / $1 - 1).magnitude < 1e-3 })
  }

  @Test("neither workers nor variants change a bit", arguments: Way.allCases)
  func determinism(way: Way) {
    var random = RandomSource(seed: 7)
    let x = random.normals(rows: 45, columns: 37)
    let first = way(x, 9)
    for kernels in Kernels.all {
      for workers in 1...3 {
        let found = way(x, 9, kernels, Workers(count: workers))
        #expect(found.variances == first.variances && found.basis.buffer.array == first.basis.buffer.array)
      }
    }
  }
}
