import Tensor

/// The reconstruction of samples from few latents, without quantization, compared with equally many principal
/// components.
public struct Reconstruction: Sendable {
  /// The errors for one number of latents.
  public struct Point: Sendable {
    /// The number of leading latents; the others are set to the mean of their prior.
    public var latents: Int
    /// The mean squared error in squared units of the data. Values are clamped to their bounds, but not rounded.
    public var mse: Double
    /// In dB.
    public var psnr: Double
    /// The errors of equally many principal components.
    public var pcaMSE: Double
    public var pcaPSNR: Double
  }

  /// 1, 2, 4, ... latents, and all of them.
  public var points: [Point]
  /// Whether the components are those of the training rows. Otherwise they are those of the evaluated samples, which
  /// favours them; that happens if the model does not hold PCA, or holds it in too few bits for this comparison.
  public var pcaIsOfFit: Bool
}

extension Codec {
  /// The errors of the first latents on some samples; nil without a network.
  func reconstruction(_ samples: Matrix, _ model: FittedModel) -> Reconstruction? {
    guard let all = model.model.network?.latents else { return nil }
    var counts: [Int] = []
    var next = 1
    while next < all {
      counts.append(next)
      next *= 2
    }
    let peak = model.summary.peak
    return model.model.latentTruncation(counts + [all], of: samples, kernels: kernels, workers: workers).map {
      Reconstruction(
        points: $0.points.map { point in
          Reconstruction.Point(
            latents: point.count, mse: point.error, psnr: Distortion.psnr(mse: point.error, peak: peak),
            pcaMSE: point.linearError, pcaPSNR: Distortion.psnr(mse: point.linearError, peak: peak))
        }, pcaIsOfFit: $0.componentsAreFitted)
    }
  }
}
