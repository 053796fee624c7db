import Tensor

/// The terms of a textbook VAE's ELBO in addition to the encoder's means and the decoder: the likelihood, and the
/// posterior's variance.
///
/// The VAE is that of Kingma and Welling ("Auto-encoding variational Bayes", arXiv 1312.6114): a posterior N(mean,
/// exp(log variance)) for each latent, the prior N(0, 1), and log p(x) >= E[log p(x|z)] - KL(posterior | prior).
package struct ELBOTerms: Equatable, Sendable {
  /// The likelihood of values given the decoder's output.
  package let likelihood: Likelihood
  /// The variance of values around the output, in squared units of standardized samples. It is part of the Gaussian
  /// likelihood; for the Bernoulli likelihood it only determines the cost of errors for encoders.
  package let variance: Float
  /// The weight of the KL divergence in training (Higgins et al., "beta-VAE", 2017).
  package let beta: Float
  /// The layer from the encoder's last hidden layer to the log variances: units x latents, and 1 x latents.
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

  /// The terms of only the latents `kept`, in that order.
  package func keeping(_ kept: [Int]) -> ELBOTerms {
    ELBOTerms(
      likelihood: likelihood, variance: variance, beta: beta, weights: weights.keeping(columns: kept),
      bias: bias.keeping(columns: kept))
  }

  /// The bits that a squared error of 1, of standardized values, is worth if latents have `step` times the step of
  /// their posterior's width: log p falls by 1 / (2 variance).
  package func bitsPerError(step: Float) -> Float {
    1 / (2 * variance * Float(naturalLogarithmOf2) * step * step)
  }

  /// The logistic function after the decoder's sums, in a model with these means and this scale.
  package func logistic(means: [Float], scale: Float) -> LogisticOutput? {
    guard case .bernoulli(let lowest, let highest) = likelihood else { return nil }
    return LogisticOutput(lowest: lowest, highest: highest, means: means, scale: scale)
  }
}
