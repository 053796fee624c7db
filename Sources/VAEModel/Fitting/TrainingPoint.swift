/// The rate and distortion of the network alone on held-out rows at a moment of training, in the middle of its range.
/// For a fit to the ELBO, latents are not quantized and the rate is the KL divergence.
public struct TrainingPoint: Equatable, Sendable {
  /// The number of passes over the data so far.
  public var epoch: Double
  /// In bits per sample.
  public var bits: Double
  /// In dB.
  public var psnr: Double

  public init(epoch: Double, bits: Double, psnr: Double) {
    self.epoch = epoch
    self.bits = bits
    self.psnr = psnr
  }
}
