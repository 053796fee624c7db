import CKernels
import Tensor
import Transform
import VAEModel

// Expectation-maximization (Dempster, Laird and Rubin, J. Royal Statistical Society B 39, 1977) for Gaussian densities
// with full covariances (Bishop, Pattern Recognition and Machine Learning, 9.2), initialized at distant rows (Arthur
// and Vassilvitskii, k-means++, 2007). Of several starts, the one most likely after a few rounds is continued
// (Biernacki, Celeux and Govaert, Computational Statistics & Data Analysis 41, 2003).

extension GaussianMixture {
  /// The number of starts, and the number of rounds for each.
  private static let (starts, roundsOfStart) = (4, 6)
  /// The maximum number of rounds of the best start; and the rise of the mean log-likelihood, in nats, below which it
  /// ends.
  private static let (maximumRounds, leastRise) = (80, 3e-4)
  /// The minimum total share of rows for a component.
  private static let minimumRows = 2.0
  /// The minimum share of a row in a component to count for its covariance.
  private static let leastShare: Float = 1e-6

  /// Fits a mixture by maximum likelihood.
  ///
  /// - Parameters:
  ///   - x: rows x latents, finite, in units in which standard deviations are about 1.
  ///   - count: the number of Gaussians; fewer are returned if rows gather at fewer points.
  ///   - floor: added to each variance.
  /// - Returns: nil if no covariance is positive definite.
  static func fit(
    _ x: Matrix, components count: Int, floor: Double = 0.01, kernels: Kernels, workers: Workers,
    random: inout RandomSource
  ) -> GaussianMixture? {
    precondition(x.rows > 0 && x.columns > 0 && count > 0)
    func run(_ state: State, rounds: Int) -> State {
      var state = state
      for _ in 0..<rounds {
        guard let next = maximize(x, state.shares, floor: floor, kernels, workers) else { break }
        let terms = FloatBuffer(count: x.rows * next.count)
        Whitening(next, kernels: kernels).logDensities(of: x, into: terms, kernels, workers)
        let likelihood = normalize(terms, rows: x.rows, workers)
        let rise = likelihood - state.likelihood
        state = State(mixture: next, shares: terms, likelihood: likelihood)
        if rise < leastRise { break }
      }
      return state
    }
    var best: State?
    for _ in 0..<(count == 1 ? 1 : starts) {
      let shares = start(x, min(count, x.rows), kernels, &random)
      let next = run(State(mixture: nil, shares: shares, likelihood: -.infinity), rounds: roundsOfStart)
      if next.likelihood > best?.likelihood ?? -.infinity { best = next }
    }
    return best.flatMap { run($0, rounds: maximumRounds).mixture }
  }

  /// The state of a run: the mixture, the shares of its components in each row, and the mean log density of a row.
  private struct State {
    var mixture: GaussianMixture?
    var shares: FloatBuffer
    var likelihood: Double
  }

  /// Turns log densities into shares of components, [component * rows + row].
  ///
  /// - Returns: the mean log density of a row.
  private static func normalize(_ terms: FloatBuffer, rows: Int, _ workers: Workers) -> Double {
    let count = terms.count / rows
    let logs = FloatBuffer(count: rows)
    workers.forEachRange(of: rows) { range in
      for r in range {
        var top = -Float.infinity
        for k in 0..<count { top = max(top, terms.pointer[k * rows + r]) }
        var sum = 0.0
        for k in 0..<count { sum += exponential(Double(terms.pointer[k * rows + r] - top)) }
        let log = Double(top) + logarithm(sum)
        for k in 0..<count {
          terms.pointer[k * rows + r] = Float(exponential(Double(terms.pointer[k * rows + r]) - log))
        }
        logs.pointer[r] = Float(log)
      }
    }
    return logs.array.reduce(0) { $0 + Double($1) } / Double(rows)
  }

  /// Computes the weight, mean and covariance of each component from the rows and their shares.
  private static func maximize(
    _ x: Matrix, _ shares: FloatBuffer, floor: Double, _ kernels: Kernels, _ workers: Workers
  ) -> GaussianMixture? {
    let count = shares.count / x.rows
    let found = Slots<Component>(count: count)
    workers.forEach(count) { k in
      found[k] = component(x, shares.pointer + k * x.rows, floor: floor, kernels)
    }
    let components = found.array
    return components.isEmpty ? nil : GaussianMixture(latents: x.columns, components: components)
  }

  /// - Returns: nil if a component has almost no rows.
  private static func component(
    _ x: Matrix, _ shares: UnsafePointer<Float>, floor: Double, _ kernels: Kernels
  ) -> Component? {
    let n = x.columns
    let own = (0..<x.rows).filter { shares[$0] > leastShare }
    let all = own.reduce(0.0) { $0 + Double(shares[$1]) }
    guard all >= minimumRows else { return nil }
    var mean = [Double](repeating: 0, count: n)
    for r in own {
      let (share, row) = (Double(shares[r]) / all, x.row(r))
      for c in 0..<n { mean[c] += share * Double(row[c]) }
    }
    let centred = Matrix(rows: own.count, columns: n)
    for (to, from) in own.enumerated() {
      let root = (Double(shares[from]) / all).squareRoot()
      let (row, target) = (x.row(from), centred.row(to))
      for c in 0..<n { target[c] = Float(root * (Double(row[c]) - mean[c])) }
    }
    var covariance = PrincipalComponents.scatter(centred, kernels, Workers(count: 1))
    for c in 0..<n { covariance[c * n + c] += floor }
    guard let cholesky = Cholesky(covariance, n: n) else { return nil }
    return Component(
      weight: Float(all / Double(x.rows)), mean: mean.map { Float($0) },
      factor: (0..<n).flatMap { i in (0...i).map { Float(cholesky.factor[i * n + $0]) } })
  }

  /// The initial shares: each row belongs to the nearest of several seed rows, each of which was drawn in proportion to
  /// its squared distance from the previous ones.
  private static func start(
    _ x: Matrix, _ count: Int, _ kernels: Kernels, _ random: inout RandomSource
  ) -> FloatBuffer {
    let rows = x.rows
    let shares = FloatBuffer(count: rows * count)
    var nearest = [Int](repeating: 0, count: rows)
    var distances = [Double](repeating: .infinity, count: rows)
    var centre = random.index(below: rows)
    for k in 0..<count {
      for r in 0..<rows {
        let d = Double(kernels.table.pointee.squared_error(x.row(r), x.row(centre), x.columns))
        if d < distances[r] { (distances[r], nearest[r]) = (d, k) }
      }
      var rest = Double(random.uniform()) * distances.reduce(0, +)
      centre = 0
      while centre < rows - 1, rest >= distances[centre] {
        rest -= distances[centre]
        centre += 1
      }
    }
    for r in 0..<rows { shares.pointer[nearest[r] * rows + r] = 1 }
    return shares
  }
}
