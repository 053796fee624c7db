/// The evidence lower bound, in nats a sample: a mean over samples.
///
/// For the Bernoulli likelihood, of values as probabilities from 0 to 1; for the Gaussian, the log density of samples in the
/// data's own units.
public struct EvidenceBound: Equatable, Sendable {
  /// E[log p(x|z)], z drawn once from each sample's posterior.
  public var reconstruction: Double
  /// KL(posterior | prior), exact.
  public var divergence: Double

  /// The bound: reconstruction - divergence.
  public var value: Double { reconstruction - divergence }

  /// A bound from its two terms.
  public init(reconstruction: Double, divergence: Double) {
    (self.reconstruction, self.divergence) = (reconstruction, divergence)
  }
}

extension Model {
  /// The bound on some samples, and the mean squared error of standardized values that goes with it; nil where the model was
  /// not fitted to it.
  ///
  /// - Parameters:
  ///   - samples: rows x values in the data's units, finite.
  ///   - first: number of the first row: a row's draw depends on its number alone.
  public func evidence(
    on samples: Matrix, first: Int = 0, kernels: Kernels, workers: Workers
  ) -> (bound: EvidenceBound, squaredError: Double)? {
    guard let network, let evidence = network.evidence, front == nil, samples.rows > 0 else { return nil }
    let sums = Slots<RowSums>(count: Workers.blocks(of: samples.rows))
    workers.forEachBlock(of: samples.rows) { block, rows in
      let meter = EvidenceMeter(self, network, evidence, rows: rows.count, kernels: kernels)
      sums[block] = meter.measure(samples, rows, firstNumber: first + rows.lowerBound)
    }
    var all = RowSums()
    for part in sums.array {
      all.reconstruction += part.reconstruction
      all.divergence += part.divergence
      all.squaredError += part.squaredError
    }
    let n = Double(samples.rows)
    return (
      EvidenceBound(reconstruction: all.reconstruction / n, divergence: all.divergence / n),
      all.squaredError / (n * Double(values))
    )
  }

  /// The posteriors of some samples: each latent's means, rows x latents, and the root mean square of its deviations.
  func posteriors(
    of samples: Matrix, kernels: Kernels, workers: Workers
  ) -> (means: Matrix, deviations: [Float]) {
    guard let network, let evidence = network.evidence else {
      preconditionFailure("the model has no evidence lower bound")
    }
    let (means, variances) = (
      Matrix(rows: samples.rows, columns: network.latents),
      Matrix(rows: samples.rows, columns: network.latents)
    )
    workers.forEachBlock(of: samples.rows) { _, rows in
      let meter = EvidenceMeter(self, network, evidence, rows: rows.count, kernels: kernels)
      meter.encode(samples, rows)
      for (i, r) in rows.enumerated() {
        for k in 0..<network.latents {
          means.row(r)[k] = meter.mean(i, k)
          variances.row(r)[k] = Float(exponential(Double(meter.logVariance.row(i)[k])))
        }
      }
    }
    let deviations = (0..<network.latents).map { k in
      let sum = (0..<samples.rows).reduce(0.0) { $0 + Double(variances.row($1)[k]) }
      return min(1, max(1e-4, Float((sum / Double(samples.rows)).squareRoot())))
    }
    return (means, deviations)
  }
}
