import Tensor
import Transform
import VAEModel

/// The use of each latent of a network on held-out rows.
struct LatentUse {
  /// The bits per sample at the finest VAE quality, by the prior.
  var bits: [Double]
  /// Whether any row has a non-zero symbol at any VAE quality examined.
  var isUsed: [Bool]

  init(_ model: Model, _ network: Model.Network, _ held: Matrix, kernels: Kernels) {
    let latents = network.parameters.architecture.latents
    bits = [Double](repeating: 0, count: latents)
    isUsed = [Bool](repeating: false, count: latents)
    let reached = Matrix(rows: held.rows, columns: held.columns)
    for u: Float in [0, 0.25, 0.5, 0.75, 1] {
      let part = network.point(u)
      let coder = NetworkCoder(model, part, rows: held.rows, kernels: kernels)
      coder.run(held, 0..<held.rows, into: reached)
      let costs = network.parameters.priors(quality: u, kernels: kernels).map {
        SymbolCost($0.symbolWeights(step: 1, kernels: kernels))
      }
      for k in 0..<latents {
        var spent = 0.0
        for r in 0..<held.rows {
          let symbol = coder.symbols.row(r)[k]
          if symbol != 0 { isUsed[k] = true }
          // A symbol that has diverged costs as much as the farthest one.
          spent += Double(costs[k](Int32(max(-0x1p24, min(0x1p24, symbol)))))
        }
        if u == 1 { bits[k] = spent / Double(held.rows) }
      }
    }
  }
}
