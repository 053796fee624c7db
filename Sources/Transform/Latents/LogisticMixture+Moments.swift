import Tensor
import VAEModel

// Sampling and moments of a latent's density.

extension LogisticMixture {
  /// Draws a number: selects a component by its weight, and inverts its distribution function.
  func draw(_ random: inout RandomSource) -> Float {
    let weights = shares
    var rest = Double(random.uniform())
    var component = 0
    while component < Self.components - 1, rest >= weights[component] {
      rest -= weights[component]
      component += 1
    }
    let share = min(max(Double(random.uniform()), 1e-6), 1 - 1e-6)
    let scale = exponential(Double(logScales[component]))
    return means[component] + Float(scale * logarithm(share / (1 - share)))
  }

  /// The normalized weights of the components.
  private var shares: [Double] {
    let top = max(logits[0], max(logits[1], logits[2]))
    let weights = logits.map { exponential(Double($0 - top)) }
    let all = weights.reduce(0, +)
    return weights.map { $0 / all }
  }

  /// The mean of this density.
  package var mean: Float {
    Float(zip(shares, means).reduce(0) { $0 + $1.0 * Double($1.1) })
  }

  /// The logarithm of the mass from x - 1/2 to x + 1/2: the log density after adding uniform noise of width 1.
  package func logMass(around x: Double) -> Double {
    func below(_ edge: Double, _ m: Int) -> Double {
      1 / (1 + exponential((Double(means[m]) - edge) / exponential(Double(logScales[m]))))
    }
    let weights = shares
    let mass = (0..<Self.components).reduce(0) { sum, m in
      sum + weights[m] * (below(x + 0.5, m) - below(x - 0.5, m))
    }
    return logarithm(max(mass, 1e-12))
  }

  /// The approximate standard deviation, for choosing steps, not for tables.
  var spread: Float {
    let top = max(logits[0], max(logits[1], logits[2]))
    var (total, mean, square) = (0.0, 0.0, 0.0)
    for m in 0..<Self.components {
      let share = exponential(Double(logits[m] - top))
      let scale = exponential(Double(logScales[m]))
      total += share
      mean += share * Double(means[m])
      square += share * (Double(means[m]) * Double(means[m]) + scale * scale * Double.pi * Double.pi / 3)
    }
    mean /= total
    return Float(max(0, square / total - mean * mean).squareRoot())
  }
}
