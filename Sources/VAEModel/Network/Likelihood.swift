/// The likelihood of samples given a decoder's output.
package enum Likelihood: Equatable, Sendable {
  /// Each value is a probability, or is mapped to one: `lowest` to 0, `highest` to 1.
  case bernoulli(lowest: Float, highest: Float)
  /// Each value is normally distributed around the output, with a common variance.
  case gaussian

  /// Its name.
  package var name: String {
    switch self {
    case .bernoulli: "bernoulli"
    case .gaussian: "gaussian"
    }
  }
}
