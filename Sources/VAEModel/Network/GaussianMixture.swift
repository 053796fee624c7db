import CKernels
import Tensor

/// A mixture of Gaussian densities with full covariances: the joint density of latents, which the prior treats as
/// independent.
///
/// The density of x is sum_k w_k N(x; mean_k, L_k L_k^T). It covers the leading latents, which are the strongest; the
/// others follow the prior.
package struct GaussianMixture: Equatable, Sendable {
  /// One Gaussian.
  package struct Component: Equatable, Sendable {
    /// Its weight, up to a common factor; positive.
    package var weight: Float
    /// One number per latent.
    package var mean: [Float]
    /// L, the lower triangle, row-major: n (n + 1) / 2 numbers, with a positive diagonal.
    package var factor: [Float]

    package init(weight: Float, mean: [Float], factor: [Float]) {
      self.weight = weight
      self.mean = mean
      self.factor = factor
    }
  }

  /// The number of latents covered.
  package let latents: Int
  package let components: [Component]

  package init(latents: Int, components: [Component]) {
    precondition(latents > 0 && !components.isEmpty)
    precondition(
      components.allSatisfy { $0.mean.count == latents && $0.factor.count == Self.triangle(latents) })
    self.latents = latents
    self.components = components
  }

  /// The number of Gaussians.
  package var count: Int { components.count }

  /// The number of elements in the lower triangle of n rows, including the diagonal.
  static func triangle(_ n: Int) -> Int { n * (n + 1) / 2 }

  /// The mixture with each latent multiplied by its factor, and all numbers rounded as in a file.
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
