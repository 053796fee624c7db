import CKernels

/// How alike two sets of rows are, by figures that need no model of them.
///
/// The *maximum mean discrepancy*, squared and without bias, for a Gaussian kernel k(a, b) = exp(-|a - b|^2 / (2 h^2))
/// (Gretton et al., A kernel two-sample test, J. Machine Learning Research 13, 2012, eq. 3): 0 on average for rows of one
/// distribution, and larger the more they differ. And the *accuracy of the nearest neighbour* that tells from which set
/// a row is, leaving out the row itself (Lopez-Paz and Oquab, Revisiting classifier two-sample tests, 2017): 1/2 for rows
/// of one distribution, 1 if sets lie apart, and below 1/2 where rows of one are copies of the other's.
package struct TwoSampleTest: Equatable, Sendable {
  /// The squared maximum mean discrepancy; it may be below 0.
  package let discrepancy: Double
  /// 0 ... 1. Where several rows are equally near, they count in parts.
  package let neighbourAccuracy: Double

  /// Compares two sets of rows, each of 2 rows at least.
  ///
  /// - Parameters:
  ///   - x: rows x values, finite.
  ///   - y: rows x values, finite.
  ///   - bandwidth: h, positive.
  package init(_ x: Matrix, _ y: Matrix, bandwidth: Double, kernels: Kernels, workers: Workers) {
    precondition(x.rows >= 2 && y.rows >= 2 && x.columns == y.columns && bandwidth > 0)
    let (m, n) = (x.rows, y.rows)
    let factor = Float(-0.5 / (bandwidth * bandwidth))
    let found = Slots<RowComparison>(count: m + n)
    workers.forEach(m + n) { i in
      found[i] = RowComparison(i, x, y, factor, kernels)
    }
    var (within, between) = ([0.0, 0.0], 0.0)
    var own = 0.0
    for (i, sums) in found.array.enumerated() {
      within[i < m ? 0 : 1] += sums.own
      between += sums.other
      own += sums.ownNeighbours
    }
    // Each pair of x and y has been counted from both sides.
    let (a, b) = (Double(m), Double(n))
    discrepancy = within[0] / (a * (a - 1)) + within[1] / (b * (b - 1)) - between / (a * b)
    neighbourAccuracy = own / (a + b)
  }

  /// The maximum number of rows for the median of distances.
  private static let medianRows = 1000

  /// The median of the distances between rows (the median heuristic); 1 if half of them are 0.
  package static func medianDistance(of rows: Matrix, kernels: Kernels) -> Double {
    let some = rows.spread(rows: medianRows)
    var squares: [Float] = []
    for i in 0..<some.rows {
      for j in 0..<i {
        squares.append(kernels.table.pointee.squared_error(some.row(i), some.row(j), some.columns))
      }
    }
    guard !squares.isEmpty else { return 1 }
    squares.sort()
    let median = Double(squares[squares.count / 2]).squareRoot()
    return median > 0 && median.isFinite ? median : 1
  }
}

/// What one row adds: kernels with the other rows of its own set and with those of the other one, and the share of its
/// nearest rows that are of its own set.
private struct RowComparison {
  var own = 0.0
  var other = 0.0
  var ownNeighbours = 0.0

  init(_ i: Int, _ x: Matrix, _ y: Matrix, _ factor: Float, _ kernels: Kernels) {
    let (m, n) = (x.rows, y.rows)
    let isX = i < m
    let row = isX ? x.row(i) : y.row(i - m)
    var distances = [Float](repeating: 0, count: m + n)
    for j in 0..<m + n where j != i {
      distances[j] = kernels.table.pointee.squared_error(
        row, j < m ? x.row(j) : y.row(j - m), x.columns)
    }
    var nearest = Float.infinity
    var (same, all) = (0, 0)
    for j in 0..<m + n where j != i {
      if distances[j] < nearest { (nearest, same, all) = (distances[j], 0, 0) }
      if distances[j] == nearest {
        all += 1
        if (j < m) == isX { same += 1 }
      }
    }
    ownNeighbours = all > 0 ? Double(same) / Double(all) : 0.5
    for j in distances.indices { distances[j] *= factor }
    kernels.exponential(&distances)
    for j in 0..<m + n where j != i {
      if (j < m) == isX { own += Double(distances[j]) } else { other += Double(distances[j]) }
    }
  }
}
