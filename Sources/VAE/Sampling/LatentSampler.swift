/// Where new latents come from.
public enum LatentSampler: Sendable {
  /// The prior, each by itself: that which codes them, or a textbook VAE's, which is standard normal.
  case prior
  /// A mixture that knows the first latents together; the others come from the prior.
  case mixture(GaussianMixture)
}

extension LatentMap {
  /// New latents. This is the one place where latents are drawn.
  ///
  /// - Parameters:
  ///   - rows: at most ``blockRows``.
  ///   - sampler: a mixture has at most as many latents as the map.
  ///   - latents: rows x ``count``; overwritten. Row after row is drawn, so that fewer are the first of more.
  public func draw(
    _ rows: Int, from sampler: LatentSampler, _ random: inout RandomSource,
    into latents: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(rows > 0 && rows <= blockRows && latents.count == rows * count)
    guard let base = latents.baseAddress else { return }
    for r in 0..<rows {
      let row = base + r * count
      var first = 0
      if case .mixture(let mixture) = sampler {
        precondition(mixture.latents <= count)
        mixture.draw(&random, into: row)
        first = mixture.latents
      }
      for k in first..<count { row[k] = draw(k, &random) }
    }
  }

  /// Moves each latent by a normal number of the deviation given.
  ///
  /// - Parameters:
  ///   - latents: rows x ``count``.
  ///   - deviations: one a latent.
  public func scatter(
    _ latents: UnsafeMutableBufferPointer<Float>, by deviations: [Float], _ random: inout RandomSource
  ) {
    precondition(deviations.count == count && latents.count % max(1, count) == 0)
    for i in latents.indices { latents[i] += deviations[i % count] * random.normal() }
  }
}

extension LogisticMixture {
  /// A number of this density: a component by its weight, and then the inverse of its distribution function.
  func draw(_ random: inout RandomSource) -> Float {
    let weights = shares
    var rest = Double(random.uniform())
    var component = 0
    while component < Self.components - 1, rest >= weights[component] {
      rest -= weights[component]
      component += 1
    }
    let share = min(max(Double(random.uniform()), 1e-6), 1 - 1e-6)
    let scale = exponential(Double(logScales[component]))
    return means[component] + Float(scale * logarithm(share / (1 - share)))
  }

  /// The weights of the components; they add up to 1.
  private var shares: [Double] {
    let top = max(logits[0], max(logits[1], logits[2]))
    let weights = logits.map { exponential(Double($0 - top)) }
    let all = weights.reduce(0, +)
    return weights.map { $0 / all }
  }

  /// The mean of this density.
  var mean: Float {
    Float(zip(shares, means).reduce(0) { $0 + $1.0 * Double($1.1) })
  }

  /// The logarithm of the mass from x - 1/2 to x + 1/2: of the density, where noise of this width has been added.
  func logMass(around x: Double) -> Double {
    func below(_ edge: Double, _ m: Int) -> Double {
      1 / (1 + exponential((Double(means[m]) - edge) / exponential(Double(logScales[m]))))
    }
    let weights = shares
    let mass = (0..<Self.components).reduce(0) { sum, m in
      sum + weights[m] * (below(x + 0.5, m) - below(x - 0.5, m))
    }
    return logarithm(max(mass, 1e-12))
  }
}
