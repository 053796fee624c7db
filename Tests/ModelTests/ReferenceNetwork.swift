import Testing

@testable import Tensor
@testable import VAEModel

/// A VAE in binary64, one number after another: what the fast one is checked against.
struct ReferenceNetwork {
  let architecture: Architecture
  /// As in ``Parameters``.
  var numbers: [Double]
  let inverseDeviation: [Double]

  init(_ parameters: Parameters, inverseDeviation: [Float]) {
    architecture = parameters.architecture
    numbers = parameters.buffer.array.map(Double.init)
    self.inverseDeviation = inverseDeviation.map(Double.init)
  }

  private func weight(_ entry: Architecture.Entry, _ i: Int, _ j: Int) -> Double {
    numbers[entry.offset + entry.shape.index(i, j)]
  }

  func times(_ x: [Double], _ entry: Architecture.Entry) -> [Double] {
    (0..<entry.shape.outputs).map { j in
      var sum = 0.0
      for i in 0..<entry.shape.inputs { sum += x[i] * weight(entry, i, j) }
      return sum
    }
  }

  func layer(_ layer: Architecture.Layer, _ x: [Double], _ hats: [Double]) -> [Double] {
    zip(times(x, layer.weight), times(hats, layer.bias)).map(+)
  }

  private func path(_ path: Architecture.Path, linear: [Double], hidden: [Double], _ hats: [Double])
    -> [Double]
  {
    var x = hidden
    for layer in path.hidden {
      x = self.layer(layer, x, hats).map { $0 * min(max($0 + 3, 0), 6) / 6 }
    }
    return zip(layer(path.linear, linear, hats), times(x, path.last)).map(+)
  }

  /// Latents in units of the step.
  func encode(_ x: [Double], _ hats: [Double], step: Double) -> [Double] {
    zip(path(architecture.encoder, linear: x, hidden: x, hats), times(hats, architecture.encoder.gain)).map {
      $0 * exponential($1) / step
    }
  }

  func decode(_ symbols: [Double], _ hats: [Double], step: Double) -> [Double] {
    let spread = zip(symbols, times(hats, architecture.decoder.gain)).map { $0 * exponential($1) * step }
    return path(architecture.decoder, linear: spread, hidden: zip(spread, inverseDeviation).map(*), hats)
  }

  /// Bits of all latents under the prior.
  func bits(_ symbols: [Double], _ hats: [Double]) -> Double {
    let prior = times(hats, architecture.prior)
    var bits = 0.0
    for (latent, z) in symbols.enumerated() {
      var (total, mass) = (0.0, 0.0)
      for m in 0..<3 {
        func number(_ kind: Int) -> Double {
          prior[architecture.priorColumn(kind: kind, component: m, latent: latent)]
        }
        let share = exponential(number(2))
        let scale = exponential(number(1))
        let distance = -(z - number(0)).magnitude
        mass += share / (1 + exponential(-(distance + 0.5) / scale))
        mass -= share / (1 + exponential(-(distance - 0.5) / scale))
        total += share
      }
      bits -= logarithm(mass / total + 0x1p-30) / logarithm(2)
    }
    return bits
  }

  /// What a row of a batch is trained with.
  struct Row {
    var input: [Double]
    var noise: [Double]
    var hats: [Double]
    var step: Double
    var lambda: Double
  }

  /// Mean of bits + lambda * squared error. Beyond a bound the error goes on along the slope it has at the bound,
  /// which is what carrying the gradient straight through the clipping amounts to.
  func loss(_ rows: [Row], low: [Double], high: [Double]) -> Double {
    var loss = 0.0
    for row in rows {
      let symbols = zip(encode(row.input, row.hats, step: row.step), row.noise).map(+)
      let output = decode(symbols, row.hats, step: row.step)
      var error = 0.0
      for (i, value) in output.enumerated() {
        let inside = max(low[i], min(high[i], value))
        let off = inside - row.input[i]
        error += off * off + 2 * off * (value - inside)
      }
      loss += bits(symbols, row.hats) + row.lambda * error
    }
    return loss / Double(rows.count)
  }
}
