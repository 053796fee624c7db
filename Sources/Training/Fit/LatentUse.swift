import Tensor
import Transform
import VAEModel

/// What each latent of a network carries on rows that were held out.
struct LatentUse {
  /// Bits a sample at the finest VAE quality, by the prior.
  var bits: [Double]
  /// Whether any of the rows has a symbol other than 0, at any VAE quality that was looked at.
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
          // What has grown without bounds costs what the farthest symbols do.
          spent += Double(costs[k](Int32(max(-0x1p24, min(0x1p24, symbol)))))
        }
        if u == 1 { bits[k] = spent / Double(held.rows) }
      }
    }
  }
}
