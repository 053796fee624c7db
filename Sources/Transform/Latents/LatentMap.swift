import CKernels
import Tensor
import VAEModel

/// The way of samples into latents and back, without rounding: a VAE as a map to few dimensions.
///
/// Latents are those of one VAE quality, the finest unless another is asked for, in units of standardized samples,
/// ordered by variance on the rows that were fitted, the largest first. A row's latents do not depend on the rows
/// beside it. It owns the activations of one block of rows.
package final class LatentMap {
  /// Latents of a sample.
  package let count: Int
  /// Rows it works on at once.
  package let blockRows: Int
  private let model: Model
  private let kernels: Kernels
  private let pass: NetworkActivations
  /// Where the model has an input projection.
  private let wide: Matrix?
  private let priors: [LogisticMixture]
  private let isTextbook: Bool

  /// Nil where the model has no network.
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

  /// A number drawn from a latent's prior. A textbook VAE's latents are standard normal.
  func draw(_ latent: Int, _ random: inout RandomSource) -> Float {
    if isTextbook { return random.normal() }
    return priors[latent].draw(&random) * pass.decoderScale.row(0)[latent]
  }

  /// The mean of each latent by its prior: what stands in for a latent that is left out.
  package var means: [Float] {
    priors.enumerated().map { isTextbook ? 0 : $1.mean * pass.decoderScale.row(0)[$0] }
  }

  /// The latents of some samples, rows x ``count``.
  ///
  /// - Parameters:
  ///   - samples: rows x values in the data's units, finite; at most ``blockRows`` rows.
  ///   - latents: overwritten.
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

  /// The samples that some latents stand for, in the data's units, within the model's bounds, and whole where it knows
  /// integers.
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
