/// How a decoder's output becomes a density of samples.
package enum Likelihood: Equatable, Sendable {
  /// Each value is a probability, or is made one: `lowest` stands for 0, `highest` for 1.
  case bernoulli(lowest: Float, highest: Float)
  /// Each value is normal around the output, all with one variance.
  case gaussian

  /// Its name.
  package var name: String {
    switch self {
    case .bernoulli: "bernoulli"
    case .gaussian: "gaussian"
    }
  }
}
