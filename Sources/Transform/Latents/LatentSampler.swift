import Tensor
import VAEModel

/// The distribution that latents are drawn from.
package enum LatentSampler: Sendable {
  /// The prior, each latent independently: the one that codes them, or the standard normal one of a textbook VAE.
  case prior
  /// A mixture for the leading latents jointly; the others are drawn from the prior.
  case mixture(GaussianMixture)
}

extension LatentMap {
  /// Draws latents. All sampling of latents goes through this function.
  ///
  /// - Parameters:
  ///   - rows: at most ``blockRows``.
  ///   - sampler: a mixture has at most as many latents as the map.
  ///   - latents: rows x ``count``; overwritten. Rows are drawn in order, so that a smaller number gives the first of
  ///     them.
  package func draw(
    _ rows: Int, from sampler: LatentSampler, _ random: inout RandomSource,
    into latents: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(rows > 0 && rows <= blockRows && latents.count == rows * count)
    guard let base = latents.baseAddress else { return }
    for r in 0..<rows {
      let row = base + r * count
      var first = 0
      if case .mixture(let mixture) = sampler {
        precondition(mixture.latents <= count)
        mixture.draw(&random, into: row)
        first = mixture.latents
      }
      for k in first..<count { row[k] = draw(k, &random) }
    }
  }

  /// Adds normal noise to each latent.
  ///
  /// - Parameters:
  ///   - latents: rows x ``count``.
  ///   - deviations: the standard deviation for each latent.
  package func scatter(
    _ latents: UnsafeMutableBufferPointer<Float>, by deviations: [Float], _ random: inout RandomSource
  ) {
    precondition(deviations.count == count && latents.count % max(1, count) == 0)
    for i in latents.indices { latents[i] += deviations[i % count] * random.normal() }
  }
}
