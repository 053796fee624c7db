import Tensor
import VAEModel

// What a fit determines about the latents of a finished model: their variances, the variance that each explains, and a
// mixture to draw them from jointly.

extension ModelFit {
  /// The maximum number of rows on which latents, and the explained variance, are measured.
  private static let (maximumLatentRows, maximumExplainedRows) = (8192, 1024)

  /// The variance of each latent over the training rows, at the finest VAE quality, in squared units of standardized
  /// samples.
  func latentVariances(_ model: Model, _ network: Model.Network, _ fit: Matrix) -> [Double] {
    let latents = model.latentsInSteps(
      of: fit.spread(rows: Self.maximumLatentRows), network, kernels, workers)
    return zip(latents.columnVariances, network.units(kernels)).map { $0 * Double($1) * Double($1) }
  }

  /// The share of the held-out rows' variance that each latent explains: the decrease of the squared error when it
  /// joins the latents before it. The first is compared with the mean alone; the shares add up to that of all latents.
  func explainedVariance(_ model: Model, _ network: Model.Network, _ held: Matrix) -> [Double] {
    let rows = held.spread(rows: Self.maximumExplainedRows)
    let all = rows.power
    guard all > 0,
      let errors = model.truncationErrors(Array(1...network.latents), rows, kernels, workers)
    else { return [Double](repeating: 0, count: network.latents) }
    return zip([all] + errors, errors).map { ($0 - $1) / all }
  }

  /// The maximum size of a mixture, as a share of the model's content.
  private static let largestMixture = 0.04
  /// The numbers of components tried.
  private static let mixtureCounts = [1, 2, 4, 8, 16, 32, 64]
  /// The minimum certainty that a mixture is better, in standard errors.
  private static let leastCertainty = 2.0

  /// A Gaussian mixture over the leading latents, if it is closer to those of held-out rows than the prior.
  ///
  /// The prior and the mixture are compared as densities of latents with uniform noise of one step, which is what the
  /// decoder was trained on: the negative logarithm is the prior's rate. (The noise of a textbook VAE has the width of
  /// its posterior, and its prior is standard normal.) The held-out rows decide the number of components and of
  /// latents.
  ///
  /// - Returns: nil if no mixture is closer, or if the model and codes are to be minimized together.
  func latentMixture(_ model: Model, _ network: Model.Network, _ prepared: PreparedData) -> GaussianMixture? {
    guard options.samples == nil else { return nil }
    var random = RandomSource(seed: options.seed ^ 0x6D69_7874_7572_6573)
    let width = network.elbo == nil ? 1 : 1 / Self.relativeSteps.finest
    func noisy(_ rows: Matrix) -> Matrix {
      let latents = model.latentsInSteps(
        of: rows.spread(rows: Self.maximumLatentRows), network, kernels, workers)
      for r in 0..<latents.rows {
        for c in 0..<latents.columns { latents.row(r)[c] += width * (random.uniform() - 0.5) }
      }
      return latents
    }
    let (fit, held) = (noisy(prepared.fit), noisy(prepared.held))
    guard fit.isFinite, held.isFinite else { return nil }
    let units = network.units(kernels)
    let most = Int(Self.largestMixture * Double(model.encodeDecoder().count))
    let prior = priorLogDensities(network, held, units)
    let scaled = held.scaledColumns(by: units)
    var best: (mixture: GaussianMixture, gain: Double)?
    // With a limit, half of the time that is left; the other is for measuring.
    let end = clock.left.map { clock.seconds + $0 / 2 } ?? .infinity
    for latents in mixtureWidths(network.latents) {
      let part = fit.firstColumns(latents)
      // A density in units of latents is that in steps divided by the product of the steps.
      let logUnits = units.prefix(latents).reduce(0) { $0 + logarithm(Double($1)) }
      var last = -Double.infinity
      for count in Self.mixtureCounts
      where GaussianMixture.bytes(latents: latents, components: count) <= most && clock.seconds < end {
        guard
          let mixture = GaussianMixture.fit(
            part, components: count, kernels: kernels, workers: workers, random: &random
          )?.scaled(by: units)
        else { break }
        let densities = mixture.logDensities(of: scaled, kernels: kernels, workers: workers)
        let gains = densities.indices.map { r in
          densities[r] + logUnits - prior[r].prefix(latents).reduce(0, +)
        }
        let gain = gains.reduce(0, +) / Double(gains.count)
        let square = gains.reduce(0) { $0 + ($1 - gain) * ($1 - gain) } / Double(gains.count)
        if gain > Self.leastCertainty * (square / Double(gains.count)).squareRoot(),
          gain > best?.gain ?? 0
        {
          best = (mixture, gain)
        }
        if gain < last { break }
        last = gain
      }
    }
    return best?.mixture
  }

  /// The numbers of latents that a mixture may cover: all, a half, and a quarter.
  private func mixtureWidths(_ latents: Int) -> [Int] {
    Array(Set([latents, (latents + 1) / 2, (latents + 3) / 4])).sorted(by: >)
  }

  /// For each row, the logarithm of the prior's density of each latent with its noise, in steps.
  private func priorLogDensities(
    _ network: Model.Network, _ latents: Matrix, _ units: [Float]
  ) -> [[Double]] {
    if network.elbo != nil {
      return (0..<latents.rows).map { r in
        units.indices.map { k in
          let (unit, z) = (Double(units[k]), Double(latents.row(r)[k]) * Double(units[k]))
          return logarithm(unit) - 0.5 * z * z - 0.5 * logarithm(2 * Double.pi)
        }
      }
    }
    let priors = network.parameters.priors(quality: 1, kernels: kernels)
    return (0..<latents.rows).map { r in
      priors.indices.map { priors[$0].logMass(around: Double(latents.row(r)[$0])) }
    }
  }
}

extension Model.Network {
  /// The step of each latent at the finest VAE quality, in units of standardized samples.
  func units(_ kernels: Kernels) -> [Float] {
    let pass = NetworkActivations(rows: 1, self, at: point(1), kernels: kernels)
    return (0..<latents).map { pass.decoderScale.row(0)[$0] }
  }
}

extension Matrix {
  /// The variance of each column.
  fileprivate var columnVariances: [Double] {
    (0..<columns).map { c in
      var (sum, square) = (0.0, 0.0)
      for r in 0..<rows {
        let x = Double(row(r)[c])
        sum += x
        square += x * x
      }
      let n = Double(max(1, rows))
      return max(0, square / n - (sum / n) * (sum / n))
    }
  }

  /// Whether all numbers are finite.
  fileprivate var isFinite: Bool {
    (0..<rows).allSatisfy { r in (0..<columns).allSatisfy { row(r)[$0].isFinite } }
  }

  /// The matrix with each column multiplied by its factor.
  fileprivate func scaledColumns(by factors: [Float]) -> Matrix {
    let result = Matrix(rows: rows, columns: columns)
    for r in 0..<rows { for c in 0..<columns { result.row(r)[c] = row(r)[c] * factors[c] } }
    return result
  }

  /// The first `count` columns.
  fileprivate func firstColumns(_ count: Int) -> Matrix {
    let result = Matrix(rows: rows, columns: count)
    for r in 0..<rows { result.row(r).update(from: row(r), count: count) }
    return result
  }
}
