import Testing

@testable import Tensor

@Suite("Eigendecomposition")
struct SymmetricEigenTests {
  /// Checks that rows are orthonormal, values descend and A = V^T diag V, relative to the largest number.
  private func check(_ a: [Double], _ n: Int, _ eigen: SymmetricEigen) {
    let size = max(a.map(\.magnitude).max() ?? 0, 1e-300)
    let v = eigen.vectors
    #expect(eigen.values.count == n && v.count == n * n)
    #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 >= $1 })
    var worst = (orthonormality: 0.0, reconstruction: 0.0)
    for i in 0..<n {
      for j in 0..<n {
        var dot = i == j ? -1.0 : 0
        var back = -a[i * n + j]
        for k in 0..<n {
          dot += v[i * n + k] * v[j * n + k]
          back += eigen.values[k] * v[k * n + i] * v[k * n + j]
        }
        worst.orthonormality = max(worst.orthonormality, dot.magnitude)
        worst.reconstruction = max(worst.reconstruction, back.magnitude)
      }
    }
    #expect(worst.orthonormality < 1e-13 * Double(n + 5))
    #expect(worst.reconstruction < 1e-13 * Double(n + 5) * size)
  }

  @Test("a random symmetric matrix is what its eigenvectors make", arguments: [1, 2, 3, 4, 7, 16, 33, 50])
  func reconstruction(n: Int) {
    var random = RandomSource(seed: UInt64(n))
    let a = random.symmetric(n)
    check(a, n, SymmetricEigen(a, n: n, kernels: Kernels()))
  }

  @Test("known matrices have their eigenvalues")
  func known() {
    let kernels = Kernels()
    #expect(SymmetricEigen([], n: 0, kernels: kernels).values == [])
    #expect(SymmetricEigen([-3], n: 1, kernels: kernels).values == [-3])
    let two = SymmetricEigen([2, 1, 1, 2], n: 2, kernels: kernels)
    #expect((two.values[0] - 3).magnitude < 1e-14 && (two.values[1] - 1).magnitude < 1e-14)
    #expect((two.vectors[0] - two.vectors[1]).magnitude < 1e-14)
    #expect((two.vectors[2] + two.vectors[3]).magnitude < 1e-14)
    // The second difference of n points: 2 - 2 cos(k pi / (n + 1)).
    let n = 12
    var a = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      a[i * n + i] = 2
      if i > 0 {
        a[i * n + i - 1] = -1
        a[(i - 1) * n + i] = -1
      }
    }
    let eigen = SymmetricEigen(a, n: n, kernels: kernels)
    for k in 1...n {
      let exact = 2 - 2 * cosine(Double(n + 1 - k) * Double.pi / Double(n + 1))
      #expect((eigen.values[k - 1] - exact).magnitude < 1e-13)
    }
    check(a, n, eigen)
  }

  @Test("repeated eigenvalues, zeros and rank 1 do no harm", arguments: [1, 2, 5, 20])
  func degenerate(n: Int) {
    let kernels = Kernels()
    var random = RandomSource(seed: 9)
    let zero = [Double](repeating: 0, count: n * n)
    let none = SymmetricEigen(zero, n: n, kernels: kernels)
    #expect(none.values == [Double](repeating: 0, count: n))
    check(zero, n, none)
    var identity = zero
    for i in 0..<n { identity[i * n + i] = 4 }
    check(identity, n, SymmetricEigen(identity, n: n, kernels: kernels))
    let basis = random.basis(n, of: n)
    let spectra: [[Double]] = [
      (0..<n).map { $0 == 0 ? 7 : 0 }, (0..<n).map { $0 < n / 2 ? 3 : 1 }, (0..<n).map { $0 == 0 ? 1 : -1 },
      (0..<n).map { power(10, -Double($0)) },
    ]
    for spectrum in spectra {
      var a = zero
      for k in 0..<n {
        for i in 0..<n { for j in 0..<n { a[i * n + j] += spectrum[k] * basis[k][i] * basis[k][j] } }
      }
      for i in 0..<n { for j in 0..<i { a[j * n + i] = a[i * n + j] } }
      let eigen = SymmetricEigen(a, n: n, kernels: kernels)
      check(a, n, eigen)
      for (found, exact) in zip(eigen.values, spectrum) { #expect((found - exact).magnitude < 1e-12) }
    }
  }

  @Test("the scale of a matrix does not matter", arguments: [1e-30, 1e30, 1e70])
  func scaled(factor: Double) {
    var random = RandomSource(seed: 5)
    let a = random.symmetric(9, factor: factor)
    check(a, 9, SymmetricEigen(a, n: 9, kernels: Kernels()))
  }

  @Test("all variants of the kernels give the same bits")
  func variants() {
    var random = RandomSource(seed: 6)
    let a = random.symmetric(21)
    let first = SymmetricEigen(a, n: 21, kernels: Kernels())
    for kernels in Kernels.all {
      let eigen = SymmetricEigen(a, n: 21, kernels: kernels)
      #expect(eigen.values == first.values && eigen.vectors == first.vectors)
    }
  }
}
