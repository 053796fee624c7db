import Tensor
import VAEModel

/// What the variances of the principal components say before anything is trained: how many latents may pay, and
/// on which stretch of rates.
///
/// Reverse water-filling (Cover and Thomas, Elements of Information Theory, 10.3): independent Gaussian components of
/// variance v, coded at a distortion of `level` each, take max(0, log2(v / level) / 2) bits.
struct Spectrum {
  /// Variances in squared units of standardized samples, largest first.
  let variances: [Double]
  /// Variance of whole samples, components not in `variances` included.
  let total: Double

  /// Bits of a sample and components that take any, where each component is left with at most `level` of error.
  func rate(level: Double) -> (bits: Double, active: Int) {
    var bits = 0.0
    var active = 0
    for variance in variances where variance > level {
      bits += 0.5 * logarithm(variance / level) / logarithm(2)
      active += 1
    }
    return (bits, active)
  }

  /// The share of the variance that is left at `level`.
  func distortion(level: Double) -> Double {
    guard total > 0 else { return 0 }
    var left = total
    for variance in variances { left -= max(0, variance - level) }
    return max(0, left) / total
  }

  /// Error of a uniform quantizer of step `step` (variance of uniform noise).
  static func level(step: Double) -> Double { step * step / 12 }

  /// More latents than this cost more to train than they bring; a residual layer takes what they leave.
  static let maximumLatents = 128
  /// A sketch: this share of the variance may be missing at VAE quality 0.
  static let sketch = 0.4
  /// A sketch spends at least this many bits per sample; and the limit of an endless spectrum.
  static let bitsOfSketch = 3.5
  static let bitsOfEndlessSketch = 2.0
  /// From about this many bits an active component on, the data's structure is known and what is left is noise.
  static let bitsAtTop = 2.8
  /// Or from this share of the variance on.
  static let distortionAtTop = 0.0015
  /// One network serves rates up to this many times that of its sketch.
  static let widestRange = 24.0

  /// Whether components keep coming, so that one network cannot serve all the rates at which they pay.
  ///
  /// Edges that each sample has at a place of its own make such spectra, falling like 1 / k^2: linear components describe
  /// them badly, and a network may spend far less than they do at the same step.
  var isEndless: Bool {
    let latents = min(Self.maximumLatents, variances.count)
    let coarse = coarsestStep(bits: Self.bitsOfSketch)
    return bits(step: finestStep(latents: latents)) > Self.widestRange * bits(step: coarse)
  }

  /// The range of VAE qualities in which structure can pay.
  func qualityRange(latents: Int) -> LambdaRange {
    var coarse = coarsestStep(bits: Self.bitsOfSketch)
    var fine = finestStep(latents: latents)
    if isEndless {
      coarse = coarsestStep(bits: Self.bitsOfEndlessSketch)
      let most = Self.widestRange * bits(step: coarse)
      fine = max(fine, firstStep { bits(step: $0) >= most })
    }
    // Where the rows vary by next to nothing, no step is coarse enough, and there is one alone.
    let top = min(coarse, max(min(coarse / 2, fine), strongest * 1e-4))
    func lambda(_ step: Double) -> Float { Float(6 / (logarithm(2) * step * step)) }
    return LambdaRange(low: lambda(coarse), high: lambda(top))
  }

  /// The latents that can take bits at the finest VAE quality.
  func latentCount() -> Int {
    let limit = min(Self.maximumLatents, variances.count)
    let range = qualityRange(latents: limit)
    let level = 6 / (logarithm(2) * Double(range.high)) / 12
    return max(1, min(limit, variances.count { $0 > level }))
  }

  /// Deviation of the strongest component.
  private var strongest: Double { max(variances.first ?? 0, 1e-12).squareRoot() }

  /// The first step from the coarsest down at which a condition holds.
  private func firstStep(where holds: (Double) -> Bool) -> Double {
    var step = strongest * 4
    while step > strongest * 1e-4, !holds(step) { step *= 0.97 }
    return step
  }

  /// The step of a sketch of at least `bits` a sample.
  private func coarsestStep(bits: Double) -> Double {
    firstStep {
      let level = Self.level(step: $0)
      return distortion(level: level) <= Self.sketch && rate(level: level).bits >= bits
    }
  }

  /// The step at which structure ends, or what `latents` components can say.
  private func finestStep(latents: Int) -> Double {
    let step = firstStep {
      let level = Self.level(step: $0)
      let (bits, active) = rate(level: level)
      return active > 0
        && (bits >= Self.bitsAtTop * Double(active) || distortion(level: level) <= Self.distortionAtTop)
    }
    let weakest = latents < variances.count && latents > 0 ? variances[latents - 1].squareRoot() : 0
    return max(step, 0.9 * weakest)
  }

  /// Bits of a sample that latents can take at a step.
  private func bits(step: Double) -> Double {
    let few = Spectrum(variances: Array(variances.prefix(Self.maximumLatents)), total: total)
    return few.rate(level: Self.level(step: step)).bits
  }
}
