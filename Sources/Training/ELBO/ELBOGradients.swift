import Tensor
import VAEModel

/// The gradients of a textbook VAE's ELBO for one batch.
///
/// loss = mean over rows of (-log p(x|z) + beta * KL(posterior | prior)), z = mean + deviation * noise.
struct ELBOGradients: Sendable {
  let pass: NetworkActivations
  /// Backpropagation through the decoder and the encoder.
  let network: Gradients
  let beta: Float
  let isBernoulli: Bool
  /// The layer from the encoder's last hidden layer to the log variances: units x latents, and anchors x latents.
  let weights: Weights
  let bias: Weights
  /// The key of each row's noise.
  let keys: Slots<UInt64>
  let logVariance: Matrix
  /// deviation * noise.
  let noise: Matrix
  let logVarianceGradient: Matrix
  /// The squared error of each row, for the Gaussian likelihood.
  let squaredErrors: FloatBuffer
  private let transpose: Weights
  private let zeros: FloatBuffer

  private var kernels: Kernels { pass.kernels }

  init(_ pass: NetworkActivations, beta: Float, isBernoulli: Bool, hasMissing: Bool) {
    let a = pass.architecture
    let rows = pass.input.rows
    let last = a.encoder.last.shape.inputs
    self.pass = pass
    network = Gradients(pass, hasMissing: hasMissing)
    self.beta = beta
    self.isBernoulli = isBernoulli
    weights = Weights(WeightShape(inputs: last, outputs: a.latents))
    bias = Weights(WeightShape(inputs: a.anchors, outputs: a.latents))
    transpose = Weights(WeightShape(inputs: a.latents, outputs: last))
    keys = Slots(count: rows)
    logVariance = Matrix(rows: rows, columns: a.latents)
    noise = Matrix(rows: rows, columns: a.latents)
    logVarianceGradient = Matrix(rows: rows, columns: a.latents)
    squaredErrors = FloatBuffer(count: rows)
    zeros = FloatBuffer(count: pass.input.stride)
  }

  /// Updates the transpose of the log variances' weights.
  func transposePosterior() {
    let shape = weights.shape
    kernels.table.pointee.transpose(
      weights.buffer.pointer, shape.inputs, shape.outputs, 0, shape.panels, transpose.buffer.pointer)
  }

  /// Runs forward and backward for some rows of the batch.
  ///
  /// - Parameter variance: that of the Gaussian likelihood.
  func run(_ rows: Range<Int>, variance: Float) {
    let table = kernels.table.pointee
    let latents = logVariance.columns
    pass.forwardEncoder(rows)
    guard let last = pass.encoderAfter.last else { return }
    kernels.product(
      rows, Kernels.Term(pass.hats, bias.buffer.pointer, bias.shape),
      Kernels.Term(last, weights.buffer.pointer, weights.shape), into: logVariance)
    for r in rows {
      // noise = deviation * standard normal
      let deviation = noise.row(r)
      table.scale(logVariance.row(r), 0.5, deviation, latents)
      table.exponential(deviation, deviation, latents)
      var random = RandomSource(seed: keys[r] ?? 0)
      for k in 0..<latents { deviation[k] *= random.normal() }
      table.add_scaled(pass.latents.row(r), 1, deviation, pass.symbols.row(r), latents)
    }
    pass.forwardDecoder(rows)
    for r in rows { outputGradient(r, variance: variance) }
    network.backwardDecoder(rows)
    let inverse = 1 / Float(pass.input.rows)
    for r in rows {
      // KL = (exp(log variance) + mean^2 - 1 - log variance) / 2
      let (z, mean) = (network.spreadGradient.row(r), pass.latents.row(r))
      let (toMean, toVariance) = (network.projectedGradient.row(r), logVarianceGradient.row(r))
      table.exponential(logVariance.row(r), toVariance, latents)
      for k in 0..<latents {
        toMean[k] = z[k] + beta * inverse * mean[k]
        toVariance[k] = 0.5 * (z[k] * noise.row(r)[k] + beta * inverse * (toVariance[k] - 1))
      }
    }
    network.backwardEncoder(rows, and: (logVarianceGradient, transpose))
  }

  /// The gradient of -log p(x|z) / batch with respect to the decoder's sums, for one row.
  private func outputGradient(_ r: Int, variance: Float) {
    let table = kernels.table.pointee
    let (output, input, d) = (pass.output.row(r), pass.input.row(r), network.outputGradient.row(r))
    let values = pass.input.columns
    let inverse = 1 / Float(pass.input.rows)
    if isBernoulli {
      table.logistic(output, output, values)
    }
    table.add_scaled(output, -1, input, d, values)
    if let known = network.known { table.multiply(d, known.row(r), d, values) }
    if !isBernoulli {
      squaredErrors.pointer[r] = table.squared_error(d, zeros.pointer, values)
    }
    table.scale(d, isBernoulli ? inverse : inverse / variance, d, values)
  }
}
