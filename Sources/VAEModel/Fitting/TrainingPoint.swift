/// Rate and distortion of the network alone on held-out rows at a moment of training: in the middle of its range; of a fit
/// to the evidence lower bound, without rounding, with the divergence as the rate.
public struct TrainingPoint: Equatable, Sendable {
  /// Passes over the data so far.
  public var epoch: Double
  /// Bits a sample.
  public var bits: Double
  /// In dB.
  public var psnr: Double

  public init(epoch: Double, bits: Double, psnr: Double) {
    self.epoch = epoch
    self.bits = bits
    self.psnr = psnr
  }
}
