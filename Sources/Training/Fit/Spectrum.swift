import Tensor
import VAEModel

/// What the variances of the principal components reveal before training: how many latents may pay, and over which
/// range of rates.
///
/// Reverse water-filling (Cover and Thomas, Elements of Information Theory, 10.3): independent Gaussian components of
/// variance v, coded at a distortion of `level` each, take max(0, log2(v / level) / 2) bits.
struct Spectrum {
  /// The variances in squared units of standardized samples, in descending order.
  let variances: [Double]
  /// The variance of whole samples, including components not in `variances`.
  let total: Double

  /// The bits per sample, and the number of components that take any, if each component has an error of at most
  /// `level`.
  func rate(level: Double) -> (bits: Double, active: Int) {
    var bits = 0.0
    var active = 0
    for variance in variances where variance > level {
      bits += 0.5 * logarithm(variance / level) / logarithm(2)
      active += 1
    }
    return (bits, active)
  }

  /// The share of the variance that remains at `level`.
  func distortion(level: Double) -> Double {
    guard total > 0 else { return 0 }
    var left = total
    for variance in variances { left -= max(0, variance - level) }
    return max(0, left) / total
  }

  /// The error of a uniform quantizer with step `step`: the variance of uniform noise.
  static func level(step: Double) -> Double { step * step / 12 }

  /// The maximum number of latents: more cost more training than they gain. A residual layer codes the remainder.
  static let maximumLatents = 128
  /// The share of the variance that a sketch, at VAE quality 0, may lack.
  static let sketch = 0.4
  /// The minimum number of bits per sample of a sketch; and its limit for an endless spectrum.
  static let bitsOfSketch = 3.5
  static let bitsOfEndlessSketch = 2.0
  /// At about this many bits per active component, the structure of the data is coded, and the rest is noise.
  static let bitsAtTop = 2.8
  /// The same limit as a share of the variance.
  static let distortionAtTop = 0.0015
  /// One network covers rates up to this multiple of that of its sketch.
  static let widestRange = 24.0

  /// Whether components do not come to an end, so that one network cannot cover all rates at which they pay.
  ///
  /// Edges at a different position in each sample give such spectra, which fall like 1 / k^2. Linear components
  /// describe them poorly, and a network may take far fewer bits at the same step.
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
    // If the rows hardly vary, no step is coarse enough, and the range shrinks to one step.
    let top = min(coarse, max(min(coarse / 2, fine), strongest * 1e-4))
    func lambda(_ step: Double) -> Float { Float(6 / (logarithm(2) * step * step)) }
    return LambdaRange(low: lambda(coarse), high: lambda(top))
  }

  /// The number of latents that can take bits at the finest VAE quality.
  func latentCount() -> Int {
    let limit = min(Self.maximumLatents, variances.count)
    let range = qualityRange(latents: limit)
    let level = 6 / (logarithm(2) * Double(range.high)) / 12
    return max(1, min(limit, variances.count { $0 > level }))
  }

  /// The standard deviation of the strongest component.
  private var strongest: Double { max(variances.first ?? 0, 1e-12).squareRoot() }

  /// The first step, from the coarsest down, at which a condition holds.
  private func firstStep(where holds: (Double) -> Bool) -> Double {
    var step = strongest * 4
    while step > strongest * 1e-4, !holds(step) { step *= 0.97 }
    return step
  }

  /// The step of a sketch with at least `bits` bits per sample.
  private func coarsestStep(bits: Double) -> Double {
    firstStep {
      let level = Self.level(step: $0)
      return distortion(level: level) <= Self.sketch && rate(level: level).bits >= bits
    }
  }

  /// The step at which structure ends, or at which `latents` components are exhausted.
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

  /// The bits per sample that latents can take at a step.
  private func bits(step: Double) -> Double {
    let few = Spectrum(variances: Array(variances.prefix(Self.maximumLatents)), total: total)
    return few.rate(level: Self.level(step: step)).bits
  }
}
