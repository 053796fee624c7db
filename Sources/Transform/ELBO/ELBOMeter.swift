import Tensor
import VAEModel

/// The sums of the ELBO's terms, and of squared errors of standardized values, over rows.
struct RowSums {
  var reconstruction = 0.0
  var divergence = 0.0
  var squaredError = 0.0
}

/// Measures the ELBO on one block of rows.
package struct ELBOMeter {
  private let model: Model
  private let elbo: ELBOTerms
  private let kernels: Kernels
  /// Its output is the decoder's sums, before the logistic function.
  private let pass: NetworkActivations
  /// The log variance of each latent's posterior, for the last encoded rows.
  package let logVariance: Matrix
  private let weights: Weights
  private let bias: Weights

  /// Creates a meter for blocks of at most `rows` rows.
  package init(_ model: Model, _ network: Model.Network, _ elbo: ELBOTerms, rows: Int, kernels: Kernels) {
    self.model = model
    self.elbo = elbo
    self.kernels = kernels
    pass = NetworkActivations(
      rows: rows, network.parameters, inverseDeviation: network.inverseDeviation, kernels: kernels)
    let part = network.point(0.5)
    for r in 0..<rows { pass.condition(row: r, u: part.quality, step: part.step) }
    pass.forwardScales(0..<rows)
    logVariance = Matrix(rows: rows, columns: network.latents)
    weights = elbo.weights.weights
    bias = elbo.bias.weights
  }

  /// The posterior mean of a latent, for the last encoded rows.
  package func mean(_ row: Int, _ latent: Int) -> Float {
    pass.latents.row(row)[latent] * pass.decoderScale.row(row)[latent]
  }

  /// Computes the posteriors of rows `rows` of `samples`, which are in the data's units.
  package func encode(_ samples: Matrix, _ rows: Range<Int>) {
    let all = 0..<rows.count
    model.standardize(
      samples.row(rows.lowerBound), stride: samples.stride, rows: rows.count, into: pass.input, kernels)
    pass.forwardEncoder(all)
    guard let last = pass.encoderAfter.last else { return }
    kernels.product(
      all, last, weights.buffer.pointer, weights.shape, into: logVariance, from: .bias(bias.buffer.pointer))
  }

  /// The sums over rows `rows` of `samples`.
  ///
  /// - Parameter firstNumber: the number of the first row. The random numbers of a row depend on its number only.
  func measure(_ samples: Matrix, _ rows: Range<Int>, firstNumber: Int) -> RowSums {
    let all = 0..<rows.count
    encode(samples, rows)
    var sums = RowSums()
    for r in all {
      var random = RandomSource(
        seed: UInt64(bitPattern: Int64(firstNumber + r)) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
      for k in 0..<logVariance.columns {
        let mean = mean(r, k)
        let spread = Double(logVariance.row(r)[k])
        let variance = exponential(spread)
        sums.divergence += 0.5 * (variance + Double(mean) * Double(mean) - 1 - spread)
        pass.symbols.row(r)[k] =
          (mean + Float(variance.squareRoot()) * random.normal()) / pass.decoderScale.row(r)[k]
      }
    }
    pass.forwardDecoder(all)
    for r in all {
      switch elbo.likelihood {
      case .bernoulli(let lowest, let highest):
        bernoulli(r, samples.row(rows.lowerBound + r), lowest, highest, &sums)
      case .gaussian: gaussian(r, &sums)
      }
    }
    return sums
  }

  /// x l - log(1 + exp(l)), for the decoder's sums l.
  private func bernoulli(
    _ r: Int, _ sample: UnsafePointer<Float>, _ lowest: Float, _ highest: Float, _ sums: inout RowSums
  ) {
    let output = pass.output.row(r)
    let range = Double(highest) - Double(lowest)
    let scaled = range / Double(model.scale)
    for i in 0..<model.values {
      let x = min(1, max(0, (Double(sample[i]) - Double(lowest)) / range))
      let l = Double(output[i])
      sums.reconstruction += x * l - max(l, 0) - logarithm(1 + exponential(-l.magnitude))
      let error = (1 / (1 + exponential(-l)) - x) * scaled
      sums.squaredError += error * error
    }
  }

  /// The log density of the sample in the data's units.
  private func gaussian(_ r: Int, _ sums: inout RowSums) {
    let error = Double(
      kernels.table.pointee.squared_error(pass.input.row(r), pass.output.row(r), model.values))
    let variance = Double(elbo.variance)
    sums.squaredError += error
    sums.reconstruction -=
      error / (2 * variance) + Double(model.values)
      * (0.5 * logarithm(2 * Double.pi * variance) + logarithm(Double(model.scale)))
  }
}

extension Model {
  /// The ELBO on some samples, and the corresponding mean squared error of standardized values; nil if the model was
  /// not fitted to it.
  ///
  /// - Parameters:
  ///   - samples: rows x values in the data's units, finite.
  ///   - first: the number of the first row. The random numbers of a row depend on its number only.
  package func elbo(
    on samples: Matrix, first: Int = 0, kernels: Kernels, workers: Workers
  ) -> (bound: ELBO, squaredError: Double)? {
    guard let network, let elbo = network.elbo, inputProjection == nil, samples.rows > 0 else { return nil }
    let sums = Slots<RowSums>(count: Workers.blocks(of: samples.rows))
    workers.forEachBlock(of: samples.rows) { block, rows in
      let meter = ELBOMeter(self, network, elbo, rows: rows.count, kernels: kernels)
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
      ELBO(reconstruction: all.reconstruction / n, divergence: all.divergence / n),
      all.squaredError / (n * Double(values))
    )
  }

}
