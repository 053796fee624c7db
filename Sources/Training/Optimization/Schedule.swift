import Tensor

/// The schedule of the learning rate, Adam's momentum and the curriculum over a fit.
///
/// One cycle (Smith and Topin, arXiv 1708.07120): the rate rises over the first tenth and falls along a cosine, and the
/// momentum does the opposite. The curriculum draws VAE qualities from 0 ... `top`, coarse ones first: the network
/// learns the structure that sketches need before near-exact reconstructions demand a linear map.
struct Schedule: Sendable {
  let peakRate: Double
  let warmup = 0.1
  let curriculumStart: Float = 0.05
  let curriculumEnd: Float = 0.6

  /// The learning rate at `progress` in 0 ... 1.
  func rate(_ progress: Double) -> Double {
    let start = peakRate / 25
    if progress < warmup { return between(start, peakRate, progress / warmup) }
    return between(peakRate, start / 1e4, (progress - warmup) / (1 - warmup))
  }

  /// The decay of Adam's first moment at `progress`.
  func beta1(_ progress: Double) -> Double {
    if progress < warmup { return between(0.95, 0.85, progress / warmup) }
    return between(0.85, 0.95, (progress - warmup) / (1 - warmup))
  }

  /// The finest VAE quality drawn at `progress`.
  func top(_ progress: Double) -> Float {
    min(1, curriculumStart + Float(progress) / curriculumEnd)
  }

  private func between(_ a: Double, _ b: Double, _ share: Double) -> Double {
    b + (a - b) * (1 + cosine(Double.pi * min(1, share))) / 2
  }
}
