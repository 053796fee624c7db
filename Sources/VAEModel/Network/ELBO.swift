/// The evidence lower bound (ELBO) in nats per sample, averaged over samples.
///
/// For the Bernoulli likelihood, values are probabilities from 0 to 1. For the Gaussian, it is the log density of
/// samples in the data's own units.
public struct ELBO: Equatable, Sendable {
  /// E[log p(x|z)], with one z drawn from each sample's posterior.
  public var reconstruction: Double
  /// KL(posterior | prior), in closed form.
  public var divergence: Double

  /// The ELBO: reconstruction - divergence.
  public var value: Double { reconstruction - divergence }

  /// Creates an ELBO from its two terms.
  public init(reconstruction: Double, divergence: Double) {
    (self.reconstruction, self.divergence) = (reconstruction, divergence)
  }
}
