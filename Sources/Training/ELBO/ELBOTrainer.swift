import Tensor
import VAEModel

/// Fits a textbook VAE by gradients of its ELBO, with the reparameterization z = mean + deviation * noise (Kingma and
/// Welling, arXiv 1312.6114).
///
/// The optimizer is Adam at a constant rate, as in common examples. The same data, options and seed give the same bits
/// for any number of workers. The linear paths stay zero, the gains stay one, and every row is conditioned on the first
/// anchor; what remains is an encoder and a decoder, each a multilayer perceptron.
final class ELBOTrainer: ResumableTrainer {
  /// The options of training.
  struct Options {
    var batch = 128
    var rate = 1e-3
    var beta: Float = 1
    /// Whether the likelihood is Bernoulli, for inputs from 0 to 1; otherwise it is Gaussian.
    var isBernoulli = false
    var seed: UInt64 = 0
  }

  /// The parameters reached so far.
  let parameters: Parameters
  /// The layer from the encoder's last hidden layer to the log variances: units x latents, and anchors x latents.
  var posterior: (weights: Weights, bias: Weights) { (gradients.weights, gradients.bias) }
  /// The variance of the Gaussian likelihood: the recent mean squared error, which maximizes the likelihood (Rybkin,
  /// Daniilidis and Levine, "Simple and effective VAE training with calibrated decoders", arXiv 2006.13202).
  var variance: Float { place.variance }

  /// The weight of the KL divergence.
  var beta: Float { options.beta }

  private let data: Matrix
  private let known: Matrix?
  private let options: Options
  private let workers: Workers
  private let kernels: Kernels
  let gradients: ELBOGradients
  private let optimizer: Optimizer
  private let posteriorOptimizers: (weights: Optimizer, bias: Optimizer)
  private let panels: ParameterPanels
  /// The trained entries, with the factors of their gradients.
  var sources: [Gradients.Source] { panels.sources }
  private var place: TrainerState

  /// Prepares a fit of `data`, rows x values: from 0 to 1 for the Bernoulli likelihood, otherwise standardized.
  ///
  /// - Parameters:
  ///   - known: of the same shape, 1 for values that count and 0 for others; nil if all count.
  ///   - parameters: all zero; initialized here, and trained in place.
  init(
    _ data: Matrix, known: Matrix?, _ parameters: Parameters, options: Options, kernels: Kernels,
    workers: Workers
  ) {
    precondition(data.rows > 0)
    let a = parameters.architecture
    (self.data, self.known, self.parameters, self.options) = (data, known, parameters, options)
    (self.kernels, self.workers) = (kernels, workers)
    place = TrainerState(rows: data.rows, seed: options.seed)
    let batch = min(options.batch, data.rows)
    let pass = NetworkActivations(
      rows: batch, parameters, inverseDeviation: [Float](repeating: 1, count: a.latents), kernels: kernels)
    gradients = ELBOGradients(
      pass, beta: options.beta, isBernoulli: options.isBernoulli, hasMissing: known != nil)
    optimizer = Optimizer(count: a.count, kernels: kernels)
    posteriorOptimizers = (
      Optimizer(count: gradients.weights.shape.count, kernels: kernels),
      Optimizer(count: gradients.bias.shape.count, kernels: kernels)
    )
    let still = Set(
      [
        a.encoder.linear.weight, a.encoder.gain, a.decoder.linear.weight, a.decoder.gain, a.prior,
      ].map(\.offset))
    panels = ParameterPanels(
      gradients.network.sources.filter { !still.contains($0.entry.offset) }, of: gradients.network)
    start()
    for r in 0..<batch { pass.condition(row: r, u: 0, step: 1) }
    updateDerived()
  }

  var buffers: [FloatBuffer] {
    [parameters.buffer, posterior.weights.buffer, posterior.bias.buffer] + optimizer.moments
      + posteriorOptimizers.weights.moments + posteriorOptimizers.bias.moments
  }

  var state: TrainerState {
    get { place }
    set {
      precondition(newValue.order.count == data.rows && (0...data.rows).contains(newValue.next))
      place = newValue
      updateDerived()
    }
  }

  /// Updates everything derived from the parameters.
  private func updateDerived() {
    gradients.pass.forwardScales(0..<gradients.pass.input.rows)
    panels.transpose()
    gradients.transposePosterior()
  }

  /// Initializes weights and biases uniformly within 1 / sqrt(inputs) (He et al., arXiv 1502.01852, with a = sqrt 5).
  private func start() {
    let a = parameters.architecture
    func set(_ target: UnsafeMutablePointer<Float>, _ shape: WeightShape, inputs: Int) {
      let bound = 1 / Float(inputs).squareRoot()
      shape.pack({ _, _ in bound * (2 * place.random.uniform() - 1) }, into: target)
    }
    for path in [a.encoder, a.decoder] {
      for layer in path.hidden {
        set(parameters.pointer(layer.weight), layer.weight.shape, inputs: layer.weight.shape.inputs)
        set(parameters.pointer(layer.bias), layer.bias.shape, inputs: layer.weight.shape.inputs)
      }
      set(parameters.pointer(path.last), path.last.shape, inputs: path.last.shape.inputs)
      set(parameters.pointer(path.linear.bias), path.linear.bias.shape, inputs: path.last.shape.inputs)
    }
    let (weights, bias) = posterior
    set(weights.buffer.pointer, weights.shape, inputs: weights.shape.inputs)
    set(bias.buffer.pointer, bias.shape, inputs: weights.shape.inputs)
  }

  /// Makes one step; the rate is constant.
  func step(progress: Double) {
    let pass = gradients.pass
    let batch = pass.input.rows
    var picks: [Int] = []
    picks.reserveCapacity(batch)
    for r in 0..<batch {
      picks.append(place.nextRow())
      gradients.keys[r] = place.random.next()
    }
    place.number += 1
    place.firstDecay *= 0.9
    let adam = Optimizer.Step(
      number: place.number, rate: options.rate, beta1: 0.9, firstDecay: place.firstDecay)
    workers.forEachRange(of: batch) { [data, known, gradients, picks, variance] rows in
      for r in rows {
        pass.input.row(r).update(from: data.row(picks[r]), count: data.stride)
        if let known, let target = gradients.network.known {
          target.row(r).update(from: known.row(picks[r]), count: known.stride)
        }
      }
      gradients.run(rows, variance: variance)
    }
    learnVariance()
    panels.update(by: optimizer, adam, workers: workers)
    descendPosterior(adam)
  }

  private func descendPosterior(_ adam: Optimizer.Step) {
    let pass = gradients.pass
    guard let last = pass.encoderAfter.last else { return }
    let rows = 0..<pass.input.rows
    for (weights, optimizer, input) in [
      (posterior.weights, posteriorOptimizers.weights, last),
      (posterior.bias, posteriorOptimizers.bias, pass.hats),
    ] {
      for panel in 0..<weights.shape.panels {
        let gradient = kernels.gradient(
          rows, input, gradients.logVarianceGradient, panel: panel, inputs: weights.shape.inputs)
        optimizer.update(
          weights.buffer, offset: panel * weights.shape.inputs * panelWidth, gradient, decays: false, adam)
      }
    }
    gradients.transposePosterior()
  }

  /// Moves the variance towards the mean squared error: a running mean over about a hundred batches.
  private func learnVariance() {
    if options.isBernoulli { return }
    var (sum, count) = (0.0, 0.0)
    let input = gradients.pass.input
    for r in 0..<input.rows {
      sum += Double(gradients.squaredErrors.pointer[r])
      guard let known = gradients.network.known else {
        count += Double(input.columns)
        continue
      }
      count += Double(kernels.table.pointee.sum(known.row(r), input.columns))
    }
    guard count > 0 else { return }
    let rate = max(0.01, 1 / Double(place.number))
    place.variance = Float(max(1e-6, Double(variance) + rate * (sum / count - Double(variance))))
  }
}
