import CKernels

/// Eigenvalues and eigenvectors of a real symmetric matrix, in binary64.
///
/// Householder tridiagonalization, then implicit QL with shifts (Golub and Van Loan, Matrix Computations, 4th
/// ed., 8.3): about 4 n^3 operations, all of them on whole rows.
package struct SymmetricEigen: Sendable {
  /// The eigenvalues, largest first.
  package let values: [Double]
  /// The eigenvectors, n x n row major: row i belongs to `values[i]` and has length 1.
  package let vectors: [Double]

  /// Decomposes `matrix`, `n` x `n` row major. Only its symmetry is assumed; its numbers must be finite.
  package init(_ matrix: [Double], n: Int, kernels: Kernels) {
    precondition(matrix.count == n * n)
    guard n > 0 else {
      values = []
      vectors = []
      return
    }
    var work = Tridiagonal(matrix, n: n, kernels: kernels)
    work.reduce()
    work.diagonalize()
    let order = (0..<n).sorted { work.diagonal[$0] > work.diagonal[$1] }
    var sorted: [Double] = []
    sorted.reserveCapacity(n * n)
    for i in order { sorted.append(contentsOf: work.basis[i * n..<(i + 1) * n]) }
    values = order.map { work.diagonal[$0] }
    vectors = sorted
  }
}

/// The state of one decomposition: A = Q T Q^T, `basis` = Q^T.
private struct Tridiagonal {
  let n: Int
  package let kernels: Kernels
  var a: [Double]
  var diagonal: [Double]
  var below: [Double]
  var basis: [Double]

  init(_ matrix: [Double], n: Int, kernels: Kernels) {
    self.n = n
    self.kernels = kernels
    a = matrix
    diagonal = [Double](repeating: 0, count: n)
    below = [Double](repeating: 0, count: n)
    basis = [Double](repeating: 0, count: n * n)
  }

  /// Householder reflections make `a` tridiagonal and gather Q^T.
  mutating func reduce() {
    let n = n
    let add = kernels.table.pointee.add_scaled_double
    var reflectors = [Double](repeating: 0, count: n * n)
    var factors = [Double](repeating: 0, count: n)
    var product = [Double](repeating: 0, count: n)
    a.withUnsafeMutableBufferPointer { a in
      reflectors.withUnsafeMutableBufferPointer { v in
        product.withUnsafeMutableBufferPointer { p in
          guard let a = a.baseAddress, let allReflectors = v.baseAddress, let p = p.baseAddress else {
            return
          }
          for k in 0..<max(0, n - 2) {
            let first = k + 1
            let size = n - first
            let v = allReflectors + k * n + first
            var norm = 0.0
            for i in 0..<size {
              v[i] = a[(first + i) * n + k]
              norm += v[i] * v[i]
            }
            norm = norm.squareRoot()
            guard norm > 0 else {
              below[k] = 0
              continue
            }
            let alpha = v[0] > 0 ? -norm : norm
            v[0] -= alpha
            below[k] = alpha
            var square = 0.0
            for i in 0..<size { square += v[i] * v[i] }
            let factor = square > 0 ? 2 / square : 0
            factors[k] = factor
            let q = p + first
            for i in 0..<size { q[i] = 0 }
            for i in 0..<size { add?(q, factor * v[i], a + (first + i) * n + first, size) }
            var dot = 0.0
            for i in 0..<size { dot += q[i] * v[i] }
            add?(q, -0.5 * factor * dot, v, size)
            for i in 0..<size {
              let row = a + (first + i) * n + first
              add?(row, -v[i], q, size)
              add?(row, -q[i], v, size)
            }
          }
        }
      }
    }
    for i in 0..<n { diagonal[i] = a[i * n + i] }
    if n > 1 { below[n - 2] = a[(n - 1) * n + n - 2] }
    // Q^T is the product of the reflections, last first; each acts on the columns after its own.
    for i in 0..<n { basis[i * n + i] = 1 }
    basis.withUnsafeMutableBufferPointer { q in
      product.withUnsafeMutableBufferPointer { p in
        reflectors.withUnsafeBufferPointer { v in
          guard let q = q.baseAddress, let p = p.baseAddress, let all = v.baseAddress else { return }
          for k in stride(from: n - 3, through: 0, by: -1) where factors[k] != 0 {
            let first = k + 1
            let size = n - first
            let v = all + k * n + first
            for i in 0..<size { p[i] = 0 }
            for i in 0..<size { add?(p, v[i], q + (first + i) * n + first, size) }
            for i in 0..<size { add?(q + (first + i) * n + first, -factors[k] * v[i], p, size) }
          }
        }
      }
      // Q so far; its transpose has the vectors in rows, where the rotations below want them.
      for i in 0..<n { for j in 0..<i { q.swapAt(i * n + j, j * n + i) } }
    }
  }

  /// Implicit QL: rotations drive the elements below the diagonal to zero and turn `basis` along.
  mutating func diagonalize() {
    let n = n
    let rotate = kernels.table.pointee.rotate_double
    basis.withUnsafeMutableBufferPointer { rows in
      guard let rows = rows.baseAddress else { return }
      for l in 0..<n {
        // 60 sweeps are several times what any matrix needs; the bound keeps a NaN from looping.
        for _ in 0..<60 {
          var m = l
          while m < n - 1 {
            let scale = diagonal[m].magnitude + diagonal[m + 1].magnitude
            if below[m].magnitude <= 0x1p-52 * scale { break }
            m += 1
          }
          if m == l { break }
          var g = (diagonal[l + 1] - diagonal[l]) / (2 * below[l])
          let r = (g * g + 1).squareRoot()
          g = diagonal[m] - diagonal[l] + below[l] / (g + (g < 0 ? -r : r))
          var s = 1.0
          var c = 1.0
          var p = 0.0
          var deflated = false
          for i in stride(from: m - 1, through: l, by: -1) {
            let f = s * below[i]
            let b = c * below[i]
            let h = (f * f + g * g).squareRoot()
            below[i + 1] = h
            if h == 0 {
              diagonal[i + 1] -= p
              below[m] = 0
              deflated = true
              break
            }
            s = f / h
            c = g / h
            let shifted = diagonal[i + 1] - p
            let t = (diagonal[i] - shifted) * s + 2 * c * b
            p = s * t
            diagonal[i + 1] = shifted + p
            g = c * t - b
            rotate?(rows + i * n, rows + (i + 1) * n, c, s, n)
          }
          if deflated { continue }
          diagonal[l] -= p
          below[l] = g
          below[m] = 0
        }
      }
    }
  }
}
