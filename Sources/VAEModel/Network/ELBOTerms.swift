import Tensor

/// What the evidence lower bound of a textbook VAE is made of, beside encoder means and decoder: the likelihood, and the
/// posterior's variance.
///
/// The VAE of Kingma and Welling ("Auto-encoding variational Bayes", arXiv 1312.6114): a posterior N(mean, exp(log variance))
/// for each latent, the prior N(0, 1), and log p(x) >= E[log p(x|z)] - KL(posterior | prior).
package struct ELBOTerms: Equatable, Sendable {
  /// What the decoder's output says of values.
  package let likelihood: Likelihood
  /// Variance of values around the output, in squared units of standardized samples. Of the Gaussian likelihood it is a
  /// part; of the other it only tells encoders what errors are worth.
  package let variance: Float
  /// The weight that the KL divergence had in training (Higgins et al., "beta-VAE", 2017).
  package let beta: Float
  /// From the encoder's last hidden layer to the log variances: units x latents, and 1 x latents.
  package let weights: StoredMatrix
  package let bias: StoredMatrix

  package init(
    likelihood: Likelihood, variance: Float, beta: Float, weights: StoredMatrix, bias: StoredMatrix
  ) {
    self.likelihood = likelihood
    self.variance = variance
    self.beta = beta
    self.weights = weights
    self.bias = bias
  }

  /// Only the latents `kept`, in their order.
  package func keeping(_ kept: [Int]) -> ELBOTerms {
    ELBOTerms(
      likelihood: likelihood, variance: variance, beta: beta, weights: weights.keeping(columns: kept),
      bias: bias.keeping(columns: kept))
  }

  /// Bits that a squared error of 1, of standardized values, is worth where latents have `step` times the step of their
  /// posterior's width: log p falls by 1 / (2 variance).
  package func bitsPerError(step: Float) -> Float {
    1 / (2 * variance * Float(naturalLogarithmOf2) * step * step)
  }

  /// What the decoder's sums go through, in a model of these means and this scale.
  package func logistic(means: [Float], scale: Float) -> LogisticOutput? {
    guard case .bernoulli(let lowest, let highest) = likelihood else { return nil }
    return LogisticOutput(lowest: lowest, highest: highest, means: means, scale: scale)
  }
}
