/// The Cholesky factor of a symmetric matrix: the lower triangular L with A = L L^T (Golub and Van Loan, Matrix
/// Computations, 4th ed., 4.2), its inverse, and the solution of A x = b. In binary64, row after row.
package struct Cholesky {
  private let n: Int
  /// L, n x n row major, zeros above the diagonal.
  package let factor: [Double]

  /// Nil where `matrix` (n x n row major, of which the lower triangle is read) is not positive definite.
  package init?(_ matrix: [Double], n: Int) {
    guard
      let factor = Self.factor(
        matrix, n, pivot: { sum, _ in sum > 0 && sum.isFinite ? sum.squareRoot() : nil })
    else { return nil }
    (self.n, self.factor) = (n, factor)
  }

  /// A factor that leaves out directions without weight: their unknowns are 0 in ``solve(_:)``.
  package init(leavingOutWeak matrix: [Double], n: Int) {
    self.n = n
    factor =
      Self.factor(matrix, n, pivot: { sum, whole in sum > whole * 1e-10 ? sum.squareRoot() : .infinity })
      ?? []
  }

  /// - Parameter pivot: the diagonal element for what is left of it, and for what it was; nil if there is none.
  private static func factor(
    _ matrix: [Double], _ n: Int, pivot: (_ left: Double, _ whole: Double) -> Double?
  ) -> [Double]? {
    precondition(matrix.count == n * n)
    var l = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        var sum = matrix[i * n + j]
        for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
        if i == j {
          guard let element = pivot(sum, matrix[i * n + i]) else { return nil }
          l[i * n + i] = element
        } else {
          l[i * n + j] = sum / l[j * n + j]
        }
      }
    }
    return l
  }

  /// x of A x = `right`.
  package func solve(_ right: [Double]) -> [Double] {
    var y = right
    for i in 0..<n {
      for k in 0..<i { y[i] -= factor[i * n + k] * y[k] }
      y[i] /= factor[i * n + i]
    }
    for i in (0..<n).reversed() {
      for k in i + 1..<n { y[i] -= factor[k * n + i] * y[k] }
      y[i] /= factor[i * n + i]
    }
    return y
  }

  /// The inverse of a lower triangular matrix, n x n row major.
  package static func inverse(ofLower l: [Double], n: Int) -> [Double] {
    var inverse = [Double](repeating: 0, count: n * n)
    for j in 0..<n {
      inverse[j * n + j] = 1 / l[j * n + j]
      for i in stride(from: j + 1, to: n, by: 1) {
        var sum = 0.0
        for k in j..<i { sum -= l[i * n + k] * inverse[k * n + j] }
        inverse[i * n + j] = sum / l[i * n + i]
      }
    }
    return inverse
  }
}
