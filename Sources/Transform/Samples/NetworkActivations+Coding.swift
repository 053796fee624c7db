import Tensor
import VAEModel

extension NetworkActivations {
  /// Creates activations for coding `rows` rows with `network` at `part`: conditioned, with scales computed.
  package init(rows: Int, _ network: Model.Network, at part: OperatingPoint.Network, kernels: Kernels) {
    self.init(
      rows: rows, network.parameters, inverseDeviation: network.inverseDeviation, logistic: network.logistic,
      kernels: kernels)
    for r in 0..<rows { condition(row: r, u: part.quality, step: part.step) }
    forwardScales(0..<rows)
  }
}
