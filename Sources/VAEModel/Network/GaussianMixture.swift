import CKernels
import Tensor

/// A mixture of Gaussian densities with full covariances: what latents look like together, where the prior knows
/// each by itself.
///
/// The density of x is sum_k w_k N(x; mean_k, L_k L_k^T). It describes the first latents, the strongest; those after
/// them are left to the prior.
package struct GaussianMixture: Equatable, Sendable {
  /// One Gaussian.
  package struct Component: Equatable, Sendable {
    /// Its share, up to a factor that all have in common; positive.
    package var weight: Float
    /// One number a latent.
    package var mean: [Float]
    /// L, the lower triangle row after row: n (n + 1) / 2 numbers, those on the diagonal positive.
    package var factor: [Float]

    package init(weight: Float, mean: [Float], factor: [Float]) {
      self.weight = weight
      self.mean = mean
      self.factor = factor
    }
  }

  /// Latents that it describes.
  package let latents: Int
  package let components: [Component]

  package init(latents: Int, components: [Component]) {
    precondition(latents > 0 && !components.isEmpty)
    precondition(
      components.allSatisfy { $0.mean.count == latents && $0.factor.count == Self.triangle(latents) })
    self.latents = latents
    self.components = components
  }

  /// Gaussians that are mixed.
  package var count: Int { components.count }

  /// Numbers in the lower triangle of n rows, diagonal included.
  static func triangle(_ n: Int) -> Int { n * (n + 1) / 2 }

  /// Each latent times its own factor, and all numbers as a file keeps them.
  package func scaled(by factors: [Float]) -> GaussianMixture {
    GaussianMixture(
      latents: latents,
      components: components.map { component in
        var result = component
        result.weight = component.weight.roundedToBFloat16
        var place = 0
        for i in 0..<latents {
          result.mean[i] = (component.mean[i] * factors[i]).roundedToBFloat16
          for _ in 0...i {
            result.factor[place] = (component.factor[place] * factors[i]).roundedToBFloat16
            place += 1
          }
        }
        return result
      })
  }
}
