import Tensor

/// What few latents make of samples, without rounding, beside as many principal components.
public struct Reconstruction: Sendable {
  /// One number of latents.
  public struct Point: Sendable {
    /// The first latents; those after them are at the mean of their prior.
    public var latents: Int
    /// Mean squared error in squared units of the data, values being within their bounds but not whole.
    public var mse: Double
    /// In dB.
    public var psnr: Double
    /// Those of as many principal components.
    public var pcaMSE: Double
    public var pcaPSNR: Double
  }

  /// 1, 2, 4, ... latents, and all of them.
  public var points: [Point]
  /// Whether the components are those of the rows that the model was fitted to. Else they are those of the samples that
  /// are evaluated, which favours them: where the model does not hold PCA, or holds it in too few bits for this.
  public var pcaIsOfFit: Bool
}

extension Codec {
  /// The first latents on some samples; nil without a network.
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
