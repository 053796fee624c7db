/// The evidence lower bound, in nats a sample: a mean over samples.
///
/// For the Bernoulli likelihood, of values as probabilities from 0 to 1; for the Gaussian, the log density of samples in the
/// data's own units.
public struct ELBO: Equatable, Sendable {
  /// E[log p(x|z)], z drawn once from each sample's posterior.
  public var reconstruction: Double
  /// KL(posterior | prior), exact.
  public var divergence: Double

  /// The bound: reconstruction - divergence.
  public var value: Double { reconstruction - divergence }

  /// A bound from its two terms.
  public init(reconstruction: Double, divergence: Double) {
    (self.reconstruction, self.divergence) = (reconstruction, divergence)
  }
}
