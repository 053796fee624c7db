import Tensor
import Transform
import VAEModel

extension Model {
  /// The posteriors of some samples: each latent's means, rows x latents, and the root mean square of its standard
  /// deviations.
  func posteriors(
    of samples: Matrix, kernels: Kernels, workers: Workers
  ) -> (means: Matrix, deviations: [Float]) {
    guard let network, let elbo = network.elbo else {
      preconditionFailure("the model has no evidence lower bound")
    }
    let (means, variances) = (
      Matrix(rows: samples.rows, columns: network.latents),
      Matrix(rows: samples.rows, columns: network.latents)
    )
    workers.forEachBlock(of: samples.rows) { _, rows in
      let meter = ELBOMeter(self, network, elbo, rows: rows.count, kernels: kernels)
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
