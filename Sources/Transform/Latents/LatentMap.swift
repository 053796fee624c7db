import CKernels
import Tensor
import VAEModel

/// The map from samples to latents and back, without quantization: the VAE as a dimensionality reduction.
///
/// Latents are those of one VAE quality, by default the finest, in units of standardized samples, sorted by decreasing
/// variance on the training rows. A row's latents do not depend on other rows. The map owns the activations of one
/// block of rows.
package final class LatentMap {
  /// The number of latents of a sample.
  package let count: Int
  /// The number of rows processed at once.
  package let blockRows: Int
  private let model: Model
  private let kernels: Kernels
  private let pass: NetworkActivations
  /// Scratch space, if the model has an input projection.
  private let wide: Matrix?
  private let priors: [LogisticMixture]
  private let isTextbook: Bool

  /// Nil if the model has no network.
  ///
  /// - Parameter quality: the VAE quality, 0 ... 1.
  package init?(_ model: Model, quality: Float = 1, blockRows: Int = 128, kernels: Kernels) {
    guard let network = model.network else { return nil }
    precondition(blockRows > 0)
    self.model = model
    self.kernels = kernels
    self.blockRows = blockRows
    count = network.latents
    pass = NetworkActivations(rows: blockRows, network, at: network.point(quality), kernels: kernels)
    priors = network.parameters.priors(quality: quality, kernels: kernels)
    isTextbook = network.elbo != nil
    wide = model.inputProjection == nil ? nil : Matrix(rows: blockRows, columns: model.values)
  }

  /// Draws a number from a latent's prior. The latents of a textbook VAE are standard normal.
  func draw(_ latent: Int, _ random: inout RandomSource) -> Float {
    if isTextbook { return random.normal() }
    return priors[latent].draw(&random) * pass.decoderScale.row(0)[latent]
  }

  /// The prior mean of each latent, which replaces an omitted latent.
  package var means: [Float] {
    priors.enumerated().map { isTextbook ? 0 : $1.mean * pass.decoderScale.row(0)[$0] }
  }

  /// Computes the latents of some samples.
  ///
  /// - Parameters:
  ///   - samples: rows x values in the data's units, finite; at most ``blockRows`` rows.
  ///   - latents: rows x ``count``; overwritten.
  package func latents(
    of samples: UnsafeBufferPointer<Float>, rows: Int, into latents: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(rows > 0 && rows <= blockRows && samples.count == rows * model.values)
    precondition(latents.count == rows * count)
    model.prepare(samples, rows: rows, wide: wide, into: pass.input, kernels)
    pass.forwardEncoder(0..<rows)
    for r in 0..<rows {
      for k in 0..<count { latents[r * count + k] = pass.latents.row(r)[k] * pass.decoderScale.row(r)[k] }
    }
  }

  /// Computes the samples for some latents, in the data's units, clamped to the model's bounds, and rounded for a model
  /// of integers.
  ///
  /// - Parameters:
  ///   - latents: rows x ``count``, finite; at most ``blockRows`` rows.
  ///   - samples: rows x values; overwritten.
  package func samples(
    of latents: UnsafeBufferPointer<Float>, rows: Int, into samples: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(rows > 0 && rows <= blockRows && latents.count == rows * count)
    precondition(samples.count == rows * model.values)
    for r in 0..<rows {
      for k in 0..<count { pass.symbols.row(r)[k] = latents[r * count + k] / pass.decoderScale.row(r)[k] }
    }
    pass.forwardDecoder(0..<rows)
    model.finish(pass.output, rows: rows, wide: wide, into: samples, kernels)
  }
}
