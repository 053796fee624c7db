/// The Cholesky factor of a covariance: the lower triangular L with A = L L^T (Golub and Van Loan, Matrix
/// Computations, 4th ed., 4.2), and its inverse. In binary64, row after row.
package struct Cholesky {
  let n: Int
  /// L, n x n row major, zeros above the diagonal.
  package let factor: [Double]

  /// Nil where `matrix` (n x n row major, of which the lower triangle is read) is not positive definite.
  package init?(_ matrix: [Double], n: Int) {
    precondition(matrix.count == n * n)
    self.n = n
    var l = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        var sum = matrix[i * n + j]
        for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          l[i * n + i] = sum.squareRoot()
        } else {
          l[i * n + j] = sum / l[j * n + j]
        }
      }
    }
    factor = l
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
