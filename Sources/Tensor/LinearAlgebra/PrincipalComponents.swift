/// Principal component analysis: the orthonormal basis in which samples are uncorrelated, strongest first (the
/// Karhunen-Loeve transform of a residual is the same thing).
package struct PrincipalComponents: Sendable {
  /// The basis, components x values; rows have length 1.
  package let basis: Matrix
  /// The variance along each component, largest first, in squared units of the samples.
  package let variances: [Double]

  /// Above this many values and rows at once, the components come from a randomized range finder.
  package static let exactLimit = 1024

  /// Finds up to `components` principal components of rows whose mean is zero.
  ///
  /// With at most ``exactLimit`` values, by eigendecomposition of the covariance; with at most that many rows,
  /// of the rows' Gram matrix; else by a randomized range finder with two power iterations (Halko, Martinsson
  /// and Tropp, SIAM Review 53, 2011, algorithm 4.4).
  ///
  /// - Parameters:
  ///   - x: rows x values.
  ///   - components: the maximum number; fewer are returned if rows or values are fewer.
  package init(of x: Matrix, components: Int, kernels: Kernels, workers: Workers) {
    let wanted = max(0, min(components, x.columns))
    if x.columns <= Self.exactLimit {
      self = Self.byCovariance(x, wanted, kernels, workers)
    } else if x.rows <= Self.exactLimit {
      self = Self.byGram(x, min(wanted, x.rows), kernels, workers)
    } else {
      self = Self.byRange(x, min(wanted, x.rows), kernels, workers)
    }
  }

  init(basis: Matrix, variances: [Double]) {
    self.basis = basis
    self.variances = variances
  }

  static func byCovariance(_ x: Matrix, _ wanted: Int, _ kernels: Kernels, _ workers: Workers) -> Self {
    let n = x.columns
    let eigen = SymmetricEigen(scatter(x, kernels, workers), n: n, kernels: kernels)
    let basis = Matrix(rows: wanted, columns: n)
    for i in 0..<wanted { for j in 0..<n { basis.row(i)[j] = Float(eigen.vectors[i * n + j]) } }
    return Self(
      basis: basis, variances: eigen.values.prefix(wanted).map { max(0, $0) / Double(max(1, x.rows)) })
  }

  package static func byGram(_ x: Matrix, _ wanted: Int, _ kernels: Kernels, _ workers: Workers) -> Self {
    let n = x.rows
    let products = x.times(transposeOf: x, kernels, workers)
    var gram = [Double](repeating: 0, count: n * n)
    for i in 0..<n { for j in 0..<n { gram[i * n + j] = Double(products.row(i)[j]) } }
    let eigen = SymmetricEigen(gram, n: n, kernels: kernels)
    // Below this share of the largest, an eigenvalue is rounding noise and has no direction.
    let floor = (eigen.values.first ?? 0) * 1e-6
    let kept = (0..<wanted).filter { eigen.values[$0] > floor }
    let basis = Matrix(rows: kept.count, columns: x.columns)
    workers.forEach(kept.count) { i in
      let length = eigen.values[kept[i]].squareRoot()
      let row = basis.row(i)
      for r in 0..<n {
        let factor = Float(eigen.vectors[kept[i] * n + r] / length)
        kernels.table.pointee.add_scaled(row, factor, x.row(r), row, x.columns)
      }
    }
    return Self(basis: basis, variances: kept.map { eigen.values[$0] / Double(n) })
  }

  static func byRange(_ x: Matrix, _ wanted: Int, _ kernels: Kernels, _ workers: Workers) -> Self {
    let width = min(wanted + 16, min(x.rows, x.columns))
    var random = RandomSource(seed: 1)
    var range = Matrix(rows: width, columns: x.columns)
    for i in 0..<width { for j in 0..<x.columns { range.row(i)[j] = random.normal() } }
    for _ in 0..<3 {
      // Y = X range^T, orthonormal columns; range = Y^T X.
      let y = orthonormalized(x.times(transposeOf: range, kernels, workers), kernels, workers)
      range = y.transposeTimes(x, kernels, workers)
    }
    // X = Q (Q^T X): the small matrix has the same singular values and right vectors.
    return byGram(range, wanted, kernels, workers).scaled(by: Double(width) / Double(x.rows))
  }

  private func scaled(by factor: Double) -> Self {
    Self(basis: basis, variances: variances.map { $0 * factor })
  }

  /// The columns of `y` replaced by an orthonormal basis of their span. Twice, since once loses half the digits.
  private static func orthonormalized(_ y: Matrix, _ kernels: Kernels, _ workers: Workers) -> Matrix {
    var result = y
    for _ in 0..<2 {
      let n = result.columns
      let eigen = SymmetricEigen(scatter(result, kernels, workers), n: n, kernels: kernels)
      let floor = max((eigen.values.first ?? 0) * 1e-12, Double.leastNormalMagnitude)
      let turn = Matrix(rows: n, columns: n)
      for i in 0..<n where eigen.values[i] > floor {
        for j in 0..<n { turn.row(i)[j] = Float(eigen.vectors[i * n + j] / eigen.values[i].squareRoot()) }
      }
      result = result.times(transposeOf: turn, kernels, workers)
    }
    return result
  }

  /// x^T x, columns x columns, summed in binary32 over blocks of rows and in binary64 over the blocks.
  package static func scatter(_ x: Matrix, _ kernels: Kernels, _ workers: Workers) -> [Double] {
    let n = x.columns
    let shape = WeightShape(inputs: n, outputs: n)
    let block = 256
    let total = DoubleRows(rows: n, columns: n)
    workers.forEach(shape.panels) { panel in
      let part = FloatBuffer(count: n * panelWidth)
      let columns = min(panelWidth, n - panel * panelWidth)
      for start in stride(from: 0, to: x.rows, by: block) {
        let rows = start..<min(x.rows, start + block)
        kernels.gradientPanel(rows, x, x, panel: panel, shape, into: part.pointer)
        for i in 0..<n {
          let row = total.pointer + i * n + panel * panelWidth
          for j in 0..<columns { row[j] += Double(part.pointer[i * panelWidth + j]) }
        }
      }
    }
    return total.array
  }
}

/// Binary64 numbers that several workers fill, each its own columns.
///
/// Sendable for the same reason as ``FloatBuffer``.
private final class DoubleRows: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Double>
  private let count: Int

  init(rows: Int, columns: Int) {
    count = rows * columns
    pointer = .allocate(capacity: max(1, count))
    pointer.initialize(repeating: 0, count: count)
  }

  deinit { pointer.deallocate() }

  package var array: [Double] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

extension Matrix {
  /// self other^T, rows x other.rows.
  package func times(transposeOf other: Matrix, _ kernels: Kernels, _ workers: Workers) -> Matrix {
    times(Weights(other).transposed(kernels), kernels, workers)
  }

  /// self W, rows x W's outputs.
  package func times(_ weights: Weights, _ kernels: Kernels, _ workers: Workers) -> Matrix {
    let result = Matrix(rows: rows, columns: weights.shape.outputs)
    workers.forEachRange(of: rows) { range in
      kernels.product(range, self, UnsafePointer(weights.buffer.pointer), weights.shape, into: result)
    }
    return result
  }

  /// self^T other, columns x other.columns.
  func transposeTimes(_ other: Matrix, _ kernels: Kernels, _ workers: Workers) -> Matrix {
    let shape = WeightShape(inputs: columns, outputs: other.columns)
    let result = Matrix(rows: columns, columns: other.columns)
    workers.forEach(shape.panels) { panel in
      let part = FloatBuffer(count: columns * panelWidth)
      kernels.gradientPanel(0..<rows, self, other, panel: panel, shape, into: part.pointer)
      for i in 0..<columns {
        (result.row(i) + panel * panelWidth).update(from: part.pointer + i * panelWidth, count: panelWidth)
      }
    }
    return result
  }
}
