import Records
import Tensor

/// An estimate of what samples cost at a given error: principal components of half of them, reverse water-filling over the
/// variances of the other half, and the bytes of the basis.
///
/// Reference: T. Cover, J. Thomas, Elements of Information Theory, section 10.3.3, parallel Gaussian sources.
struct LayoutEstimate {
  /// Bits per sample.
  let bits: Double

  /// Up to this many values, components come from the covariance; of longer samples, from so many of them.
  private static let exactValues = 512
  /// The bits that a number of the basis takes in a model.
  private static let bitsOfBasis = 8.0
  /// The bits that a coefficient takes beyond its share, for entropy coding and rounding.
  private static let bitsOfCoefficient = 0.25

  /// Nil for fewer than four samples.
  ///
  /// - Parameters:
  ///   - samples: some of the samples, in a unit in which they are finite.
  ///   - noise: the mean squared error per value.
  ///   - all: the number of samples that the model is for.
  init?(_ samples: Matrix, noise: Double, all: Int, kernels: Kernels, workers: Workers) {
    let width = samples.columns
    guard samples.rows >= 4, noise > 0 else { return nil }
    var fitted = samples.copy(rows: Array(stride(from: 0, to: samples.rows, by: 2)))
    let tested = samples.copy(rows: Array(stride(from: 1, to: samples.rows, by: 2)))
    Self.center(fitted, tested)
    let components: PrincipalComponents
    if width <= Self.exactValues {
      components = PrincipalComponents(of: fitted, components: width, kernels: kernels, workers: workers)
    } else {
      fitted = fitted.spread(rows: Self.exactValues)
      components = .byGram(fitted, min(width, fitted.rows), kernels, workers)
    }
    let coefficients = tested.times(transposeOf: components.basis, kernels, workers)
    let count = components.basis.rows
    var variances = [Double](repeating: 0, count: count)
    for row in 0..<tested.rows {
      for place in 0..<count {
        let value = Double(coefficients.row(row)[place])
        variances[place] += value * value / Double(tested.rows)
      }
    }
    let total = tested.power
    var best = Double.infinity
    var (coded, rest) = (0.0, total)
    for kept in 0...count {
      if kept > 0 {
        let variance = variances[kept - 1]
        rest = max(0, rest - variance)
        if variance > noise { coded += Self.halfBits(variance / noise) + Self.bitsOfCoefficient }
      }
      let left = Double(width - kept)
      let white = left > 0 ? rest / left : 0
      let others = white > noise ? left * (Self.halfBits(white / noise) + Self.bitsOfCoefficient) : 0
      let basis = Double(kept) * Double(width) * Self.bitsOfBasis / Double(max(1, all))
      best = min(best, coded + others + basis)
    }
    bits = best
  }

  private static func halfBits(_ ratio: Double) -> Double { 0.5 * logarithm(ratio) / logarithm(2) }

  /// Subtracts the mean of the first samples from both.
  private static func center(_ first: Matrix, _ second: Matrix) {
    var means = [Double](repeating: 0, count: first.columns)
    for row in 0..<first.rows {
      for place in means.indices { means[place] += Double(first.row(row)[place]) / Double(first.rows) }
    }
    for matrix in [first, second] {
      for row in 0..<matrix.rows {
        for place in means.indices { matrix.row(row)[place] -= Float(means[place]) }
      }
    }
  }
}
