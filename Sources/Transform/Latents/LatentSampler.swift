import Tensor
import VAEModel

/// Where new latents come from.
package enum LatentSampler: Sendable {
  /// The prior, each by itself: that which codes them, or a textbook VAE's, which is standard normal.
  case prior
  /// A mixture that knows the first latents together; the others come from the prior.
  case mixture(GaussianMixture)
}

extension LatentMap {
  /// New latents. This is the one place where latents are drawn.
  ///
  /// - Parameters:
  ///   - rows: at most ``blockRows``.
  ///   - sampler: a mixture has at most as many latents as the map.
  ///   - latents: rows x ``count``; overwritten. Row after row is drawn, so that fewer are the first of more.
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

  /// Moves each latent by a normal number of the deviation given.
  ///
  /// - Parameters:
  ///   - latents: rows x ``count``.
  ///   - deviations: one a latent.
  package func scatter(
    _ latents: UnsafeMutableBufferPointer<Float>, by deviations: [Float], _ random: inout RandomSource
  ) {
    precondition(deviations.count == count && latents.count % max(1, count) == 0)
    for i in latents.indices { latents[i] += deviations[i % count] * random.normal() }
  }
}
