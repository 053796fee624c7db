import Tensor
import Transform
import VAEModel

// Fitting of a value layer: neighbours by greedy least squares on the covariances of the base's residual, scales by
// reweighted least squares on the magnitudes of the errors, and densities from a run over sample rows.

extension ValueLayer {
  /// The maximum number of neighbours of one kind.
  private static let maximumNeighbours = 8
  /// The number of candidate values examined for each.
  private static let candidates = 32
  /// A neighbour must explain at least this share of the remaining variance.
  private static let leastGain = 0.004
  /// The number of rows for fitting scales, and for fitting densities.
  private static let scaleRows = 4096
  private static let densityRows = 2048

  /// Fits a layer.
  ///
  /// - Parameters:
  ///   - samples: rows x values, in the data's units.
  ///   - base: rows x values: the reconstruction by the other layers.
  ///   - unit: a power of two; the fit works in this multiple of the data's unit.
  static func fit(
    _ samples: Matrix, base: Matrix, rule: OutputRule, steps: [Float], unit: Float, kernels: Kernels,
    workers: Workers, random: inout RandomSource
  ) -> ValueLayer {
    guard unit == 1 else {
      let inverse = 1 / unit
      let own = fit(
        samples.times(inverse, kernels), base: base.times(inverse, kernels),
        rule: OutputRule(
          lowest: rule.lowest * inverse, highest: rule.highest * inverse, isInteger: rule.isInteger),
        steps: steps.map { $0 * inverse }, unit: 1, kernels: kernels, workers: workers, random: &random)
      // Only the standard deviation has the data's unit; factors of values are dimensionless.
      var predictors = own.predictors
      for i in predictors.indices {
        predictors[i].deviation = (predictors[i].deviation * unit).roundedToBFloat16
      }
      return ValueLayer(predictors: predictors, densities: own.densities)
    }
    let left = Matrix(rows: samples.rows, columns: samples.columns)
    kernels.table.pointee.add_scaled(
      samples.buffer.pointer, -1, base.buffer.pointer, left.buffer.pointer, samples.buffer.count)
    let errors = Covariances(left, kernels, workers)
    let bases = Covariances(base, centred: true, kernels, workers)
    let slots = Slots<Predictor>(count: samples.columns)
    let rows = min(scaleRows, samples.rows)
    // Few rows support few terms.
    let most = max(0, min(maximumNeighbours, samples.rows / 24))
    workers.forEach(samples.columns) { i in
      var predictor = Predictor()
      predictor.prediction = neighbours(of: i, errors, most)
      fitDeviation(&predictor, i, left, base, bases, errors, rule, rows: rows, most: most)
      slots[i] = predictor
    }
    let predictors = slots.array
    let draft = ValueLayer(
      predictors: predictors, densities: [LogisticMixture](repeating: .narrow, count: levels))
    return ValueLayer(
      predictors: predictors,
      densities: draft.fitDensities(
        samples, base, rule, steps, kernels: kernels, workers: workers, random: &random))
  }

  /// The values before `i` whose errors predict that of `i`, by orthogonal matching pursuit (Pati, Rezaiifar and
  /// Krishnaprasad 1993).
  private static func neighbours(of i: Int, _ c: Covariances, _ most: Int) -> [Term] {
    let own = c[i, i]
    guard own > 0, most > 0 else { return [] }
    let strongest = c.strongest(i, among: 0..<i, count: candidates)
    var chosen: [Int] = []
    var factors: [Double] = []
    var remaining = own
    while chosen.count < most {
      var best = (value: -1, gain: 0.0)
      for j in strongest where !chosen.contains(j) && c[j, j] > 0 {
        var covariance = c[i, j]
        for (n, factor) in zip(chosen, factors) { covariance -= factor * c[n, j] }
        let gain = covariance * covariance / c[j, j]
        if gain > best.gain { best = (j, gain) }
      }
      guard best.value >= 0 else { break }
      let trial = chosen + [best.value]
      let solved = solve(
        trial.map { a in trial.map { b in a == b ? c[a, b] * 1.002 : c[a, b] } }, trial.map { c[i, $0] })
      let explained = zip(trial, solved).reduce(0) { $0 + $1.1 * c[i, $1.0] }
      guard remaining - (own - explained) > leastGain * remaining else { break }
      remaining = own - explained
      chosen = trial
      factors = solved
    }
    return zip(chosen, factors).map { value, factor in
      // A coarser factor adds less than a thousandth to the error's variance.
      Term(value: value, factor: (Float(factor * 64).rounded() / 64).roundedToBFloat16)
    }.sorted { $0.value < $1.value }
  }

  /// Fits |error| by non-negative terms: least squares, reweighted so that small scales count as much as large ones.
  private static func fitDeviation(
    _ predictor: inout Predictor, _ i: Int, _ left: Matrix, _ base: Matrix, _ bases: Covariances,
    _ errors: Covariances, _ rule: OutputRule, rows: Int, most: Int
  ) {
    let near = Set(predictor.prediction.map(\.value)).union(
      errors.strongest(i, among: 0..<i, count: most / 2)
    )
    .sorted()
    let around = most < 2 ? [] : bases.strongest(i, among: 0..<left.columns, count: 4).filter { $0 != i }
    var features: [(Int) -> Float] = [{ _ in 1 }]
    for j in near { features.append { left.row($0)[j].magnitude } }
    for m in around { features.append { (base.row($0)[i] - base.row($0)[m]).magnitude } }
    let hasLowest = rule.lowest > -.infinity && most >= 2
    let hasHighest = rule.highest < .infinity && most >= 2
    if hasLowest { features.append { base.row($0)[i] - rule.lowest } }
    if hasHighest { features.append { rule.highest - base.row($0)[i] } }
    let n = features.count
    var table = [Float](repeating: 0, count: rows * n)
    var target = [Float](repeating: 0, count: rows)
    var mean = 0.0
    for r in 0..<rows {
      var error = left.row(r)[i]
      for term in predictor.prediction { error -= term.factor * left.row(r)[term.value] }
      target[r] = error.magnitude
      mean += Double(error.magnitude)
      for f in 0..<n { table[r * n + f] = features[f](r) }
    }
    mean /= Double(rows)
    let floor = max(mean * 0.01, 1e-30)
    var weights = [Double](repeating: 0, count: n)
    weights[0] = max(mean, floor)
    for _ in 0..<4 {
      let (normal, right) = Self.normalEquations(table, target, weights, floor: 0.1 * mean + floor)
      weights = solveNonNegative(normal, right)
    }
    predictor.deviation = Float(max(weights[0], floor)).coarse
    /// The terms of those of `values` with a positive weight; the weights start at `first`.
    func terms(_ values: [Int], from first: Int) -> [Term] {
      values.indices.filter { weights[first + $0] > 0 }.map {
        Term(value: values[$0], factor: Float(weights[first + $0]).coarse)
      }
    }
    predictor.errors = terms(near, from: 1)
    predictor.contrasts = terms(around, from: 1 + near.count)
    if hasLowest { predictor.aboveLowest = Float(weights[1 + near.count + around.count]).coarse }
    if hasHighest { predictor.belowHighest = Float(weights[n - 1]).coarse }
  }

  /// The normal equations of least squares for `target` by the features in `table` (row after row). Each row is
  /// weighted by the inverse square of its scale according to `weights`, with `floor` added.
  private static func normalEquations(
    _ table: [Float], _ target: [Float], _ weights: [Double], floor: Double
  ) -> (normal: [[Double]], right: [Double]) {
    let n = weights.count
    var sums = [Double](repeating: 0, count: n * n + n)
    var row = [Double](repeating: 0, count: n)
    sums.withUnsafeMutableBufferPointer { sums in
      row.withUnsafeMutableBufferPointer { row in
        table.withUnsafeBufferPointer { table in
          for r in target.indices {
            var scale = floor
            for f in 0..<n {
              row[f] = Double(table[r * n + f])
              scale += weights[f] * row[f]
            }
            let weight = 1 / (scale * scale)
            let y = Double(target[r])
            for a in 0..<n {
              let x = weight * row[a]
              for b in 0..<n { sums[a * n + b] += x * row[b] }
              sums[n * n + a] += x * y
            }
          }
        }
      }
    }
    return ((0..<n).map { Array(sums[$0 * n..<($0 + 1) * n]) }, Array(sums[(n * n)...]))
  }

  /// The densities of symbols at each level, from runs at several steps.
  private func fitDensities(
    _ samples: Matrix, _ base: Matrix, _ rule: OutputRule, _ steps: [Float], kernels: Kernels,
    workers: Workers,
    random: inout RandomSource
  ) -> [LogisticMixture] {
    let rows = min(Self.densityRows, samples.rows)
    var seen = LevelDensities()
    let values = samples.columns
    let (x, b) = (samples.rowMajor(rows), base.rowMajor(rows))
    for step in steps {
      let coder = ValueCoder(self, values: values, rule: rule, rows: rows, kernels: kernels)
      x.withUnsafeBufferPointer { x in
        b.withUnsafeBufferPointer { b in
          coder.encode(x, base: b, rows: rows, step: step) { _, symbols, found in
            for r in 0..<rows { seen.add(Float(symbols[r]), level: Int(found[r]), &random) }
          }
        }
      }
    }
    return seen.fit(kernels: kernels, workers: workers, random: &random)
  }
}

/// x^T x / rows, columns x columns.
private struct Covariances: Sendable {
  private let n: Int
  private let numbers: [Double]

  init(_ x: Matrix, centred: Bool = false, _ kernels: Kernels, _ workers: Workers) {
    n = x.columns
    var numbers = PrincipalComponents.scatter(x, kernels, workers)
    if centred {
      var means = [Double](repeating: 0, count: n)
      for r in 0..<x.rows { for c in 0..<n { means[c] += Double(x.row(r)[c]) } }
      for i in 0..<n { for j in 0..<n { numbers[i * n + j] -= means[i] * means[j] / Double(x.rows) } }
    }
    for i in numbers.indices { numbers[i] /= Double(x.rows) }
    self.numbers = numbers
  }

  subscript(i: Int, j: Int) -> Double { numbers[i * n + j] }

  /// The `count` columns of `range`, other than `i`, with the highest correlation with `i`.
  func strongest(_ i: Int, among range: Range<Int>, count: Int) -> [Int] {
    let scored = range.filter { $0 != i && self[$0, $0] > 0 }.map { j in
      (j, self[i, j] * self[i, j] / self[j, j])
    }
    return scored.sorted { ($0.1, $1.0) > ($1.1, $0.0) }.prefix(count).filter { $0.1 > 0 }.map(\.0)
  }
}

/// Solves a symmetric positive definite system; the unknown of a direction without weight is 0.
func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
  Cholesky(leavingOutWeak: matrix.flatMap { $0 }, n: right.count).solve(right)
}

/// Solves the normal equations with all unknowns non-negative: negative unknowns are removed in turn.
func solveNonNegative(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
  var active = Array(right.indices)
  while true {
    let part = solve(
      active.map { a in active.map { b in a == b ? matrix[a][b] * 1.0001 : matrix[a][b] } },
      active.map { right[$0] })
    guard let worst = part.indices.min(by: { part[$0] < part[$1] }), part[worst] < 0 else {
      var result = [Double](repeating: 0, count: right.count)
      for (place, value) in zip(active, part) { result[place] = value }
      return result
    }
    active.remove(at: worst)
    if active.isEmpty { return [Double](repeating: 0, count: right.count) }
  }
}

extension Matrix {
  /// The matrix multiplied by `factor`.
  fileprivate func times(_ factor: Float, _ kernels: Kernels) -> Matrix {
    let result = Matrix(rows: rows, columns: columns)
    kernels.table.pointee.scale(buffer.pointer, factor, result.buffer.pointer, buffer.count)
    return result
  }
}

extension Float {
  /// The nearest number with four bits of significand. A deviation that is off by a few percent costs no bits.
  fileprivate var coarse: Float {
    let last: UInt32 = 1 << 20
    return Float(bitPattern: (bitPattern &+ last / 2) & ~(last - 1))
  }
}
