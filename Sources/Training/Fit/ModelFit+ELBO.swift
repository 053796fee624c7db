import Tensor
import VAEModel

// Fitting to the ELBO: a textbook VAE, adapted for coding.

extension ModelFit {
  /// The default number of latents of a textbook VAE; unused ones cost nothing.
  private static let usualLatents = 32
  /// The number of anchors of its priors. Between anchors, scales are exact and means nearly so.
  private static let anchors = 9
  /// The steps of latents at VAE qualities 0 and 1, relative to the width of their posterior.
  static let relativeSteps: (coarsest: Float, finest: Float) = (4, 0.25)

  /// The range of VAE qualities for steps relative to the posterior's width.
  static var evidenceQualities: LambdaRange {
    let lambda = { (step: Float) in Float(6 / (logarithm(2) * Double(step) * Double(step))) }
    return LambdaRange(low: lambda(relativeSteps.coarsest), high: lambda(relativeSteps.finest))
  }

  /// The likelihood that the options select, or that suits the data.
  func likelihood(_ prepared: PreparedData) throws(FitError) -> Likelihood {
    let (lowest, highest) = (prepared.statistics.lowest, prepared.statistics.highest)
    // Probabilities are taken as they are; integers from 0 on are divided by the largest, as is usual for pixels.
    let bernoulli: Likelihood? =
      prepared.model.output.isInteger && lowest >= 0
      ? .bernoulli(lowest: 0, highest: max(1, highest))
      : lowest >= 0 && highest <= 1 ? .bernoulli(lowest: 0, highest: 1) : nil
    switch options.likelihood {
    case .gaussian: return .gaussian
    // Integers of more than 8 bits are rarely shades between two extremes.
    case .automatic: return highest <= 255 ? bernoulli ?? .gaussian : .gaussian
    case .bernoulli:
      guard let bernoulli else { throw .notProbabilities(lowest: lowest, highest: highest) }
      return bernoulli
    }
  }

  /// Trains a textbook VAE, and derives a network for coding: latents in units of their posterior's width.
  ///
  /// - Returns: nil if nothing varies.
  /// - Throws: ``FitError/diverged`` if training gives non-finite numbers, and errors of the keeper.
  func trainEvidence(
    _ prepared: PreparedData, _ likelihood: Likelihood, _ random: inout RandomSource,
    _ keeper: CheckpointKeeper? = nil
  ) throws(FitError) -> (network: Model.Network, curve: [TrainingPoint], wasStopped: Bool)? {
    let fit = prepared.fit
    let available = prepared.components.variances.count { $0 > prepared.spectrum.total * 1e-12 }
    guard available > 0 else { return nil }
    let latents =
      options.latents ?? min(available, Self.usualLatents, max(2, prepared.spectrum.latentCount()))
    let hidden = options.hidden ?? [self.hidden(rows: fit.rows, width: fit.columns)[0]]
    let parameters = Parameters(
      Architecture(values: fit.columns, latents: latents, hidden: hidden, anchors: 2, activation: .relu))
    var trainerOptions = ELBOTrainer.Options()
    trainerOptions.seed = random.next()
    trainerOptions.beta = Float(options.beta)
    let input: Matrix
    switch likelihood {
    case .gaussian: input = fit
    case .bernoulli(let lowest, let highest):
      trainerOptions.isBernoulli = true
      input = Self.probabilities(prepared.fitSamples, lowest, highest)
    }
    let trainer = ELBOTrainer(
      input, known: prepared.known, parameters, options: trainerOptions, kernels: kernels, workers: workers)
    let held = prepared.heldSamples.spread(rows: 512)
    let (steps, stepsInEpoch) = steps(rows: fit.rows, batch: trainerOptions.batch)
    let loop = TrainingLoop(
      limit: clock.trainingLimit(numbers: fit.buffer.count), progress: trainingProgress(fit), keeper: keeper,
      steps: steps, stepsInEpoch: stepsInEpoch
    ) { fraction in
      guard fraction > 0 else { return nil }
      let model = prepared.model.with(
        Self.network(trainer, likelihood, prepared.model, fineness: nil, deviations: nil))
      return model.elbo(on: held, kernels: kernels, workers: workers).map {
        TrainingLoop.Measurement(
          bits: $0.bound.divergence / logarithm(2),
          psnr: prepared.peakDecibels - decibels(max(1e-12, $0.squaredError)))
      }
    }
    let training = try loop.run(trainer)
    return (try store(trainer, likelihood, prepared, held, &random), training.curve, training.wasStopped)
  }

  /// Integers or probabilities mapped to 0 ... 1 for the Bernoulli likelihood.
  static func probabilities(_ samples: Matrix, _ lowest: Float, _ highest: Float) -> Matrix {
    let result = samples.copy(rows: 0..<samples.rows)
    let inverse = 1 / (highest - lowest)
    for r in 0..<result.rows {
      let row = result.row(r)
      for i in 0..<result.columns { row[i] = min(1, max(0, (row[i] - lowest) * inverse)) }
    }
    return result
  }

  /// The trained network with weights in as few bits as possible without losing much of the ELBO, and with priors of
  /// its latents.
  ///
  /// - Throws: ``FitError/diverged`` if its ELBO is not finite.
  private func store(
    _ trainer: ELBOTrainer, _ likelihood: Likelihood, _ prepared: PreparedData, _ held: Matrix,
    _ random: inout RandomSource
  ) throws(FitError) -> Model.Network {
    let exact = prepared.model.with(
      Self.network(trainer, likelihood, prepared.model, fineness: nil, deviations: nil))
    let reached = exact.elbo(on: held, kernels: kernels, workers: workers)
    guard let reached, reached.bound.value.isFinite else { throw .diverged }
    // The width of the posteriors, and the range of their means, on training rows.
    let some = prepared.fitSamples.spread(rows: 8192)
    let (means, deviations) = exact.posteriors(of: some, kernels: kernels, workers: workers)
    let spreads = (0..<means.columns).map { k in
      let square = (0..<means.rows).reduce(0.0) { $0 + Double(means.row($1)[k]) * Double(means.row($1)[k]) }
      return max(0.01, Float((square / Double(means.rows)).squareRoot()))
    }
    let priors = MixtureFit.fit(
      means, deviations: spreads, kernels: kernels, workers: workers, random: &random)
    let variance = exact.elbo(on: some, kernels: kernels, workers: workers)?.squaredError
    func network(_ fineness: Int?) -> Model.Network {
      Self.network(
        trainer, likelihood, prepared.model, fineness: fineness, deviations: deviations, priors: priors,
        variance: variance)
    }
    func bound(_ network: Model.Network) -> Double {
      prepared.model.with(network).elbo(on: held, kernels: kernels, workers: workers)?.bound.value ?? 0
    }
    let whole = bound(network(nil))
    var best = network(Self.finenesses[0])
    for fineness in Self.finenesses.dropFirst() {
      let next = network(fineness)
      if !(bound(next) > whole - Self.acceptedFall * whole.magnitude) { break }
      best = next
    }
    return best
  }

  /// The finenesses of weights tried, finest first; and the accepted relative fall of the ELBO.
  private static let finenesses = [9, 8, 7, 6, 5, 4]
  private static let acceptedFall = 0.0005

  /// The trainer's network in the form of a model.
  ///
  /// - Parameters:
  ///   - fineness: nil for weights in 16 bits each.
  ///   - deviations: the standard deviation of each latent's posterior; nil for 1.
  ///   - variance: the mean squared error of standardized values; nil for the trainer's.
  private static func network(
    _ trainer: ELBOTrainer, _ likelihood: Likelihood, _ model: Model, fineness: Int?,
    deviations: [Float]?, priors: [LogisticMixture]? = nil, variance: Double? = nil
  ) -> Model.Network {
    let from = trainer.parameters
    let a = from.architecture
    let to = Parameters(
      Architecture(
        values: a.values, latents: a.latents, hidden: a.hidden, anchors: anchors, activation: a.activation))
    to.take(from, likelihood, model)
    let qualities = evidenceQualities
    for k in 0..<a.latents {
      // Uniform noise of this width has the variance of the posterior.
      let width = Float(12).squareRoot() * (deviations?[k] ?? 1)
      to.set(gain: Float(logarithm(Double(width))), latent: k)
      guard let prior = priors?[k] else { continue }
      for anchor in 0..<anchors {
        let step = width * qualities.step(Float(anchor) / Float(anchors - 1))
        to.set(prior.scaled(by: 1 / step), latent: k, anchor: anchor)
      }
    }
    let (weights, bias) = trainer.posterior
    let elbo = ELBOTerms(
      likelihood: likelihood, variance: variance.map { Float(max(1e-6, $0)) } ?? trainer.variance,
      beta: trainer.beta, weights: StoredMatrix(weights, rows: weights.shape.inputs, fineness: fineness),
      bias: StoredMatrix(bias, rows: 1, fineness: nil))
    let ones = [Float](repeating: 1, count: a.latents)
    return Model.Network(
      to.architecture,
      stored: NetworkStorage.rounded(
        to, inverseDeviation: ones, finest: qualities.step(1),
        finenesses: [Int](repeating: fineness ?? 10, count: to.architecture.entries.count)),
      inverseDeviation: ones, qualities: qualities, elbo: elbo,
      logistic: elbo.logistic(means: model.means, scale: model.scale))
  }
}

extension StoredMatrix {
  /// Stores the first `rows` rows of `weights`, in steps of 2^-`fineness` of their root mean square; nil for 16 bits
  /// each.
  fileprivate init(_ weights: Weights, rows: Int, fineness: Int?) {
    let all = weights.shape
    let shape = WeightShape(inputs: rows, outputs: all.outputs)
    let first = Weights(shape)
    shape.pack({ weights.buffer.pointer[all.index($0, $1)] }, into: first.buffer.pointer)
    let numbers = UnsafeBufferPointer(start: first.buffer.pointer, count: shape.count)
    let square = numbers.reduce(0.0) { $0 + Double($1) * Double($1) }
    let size = Float((square / Double(shape.inputs * shape.outputs)).squareRoot())
    let step = fineness.map { max(size, 1e-12) * Float(power(2, Double(-$0))) }
    let largest = numbers.reduce(Float(0)) { max($0, $1.magnitude) }
    self.init(first.buffer.pointer, shape, steps: [step ?? max(1e-12, largest / 32000)])
  }
}

extension Parameters {
  /// Copies the trained parameters, converted to units of standardized samples, to all anchors.
  fileprivate func take(_ from: Parameters, _ likelihood: Likelihood, _ model: Model) {
    for (source, target) in zip(from.architecture.entries, architecture.entries) {
      if source == from.architecture.prior { continue }
      let (a, b) = (from.pointer(source), pointer(target))
      let isBias = source.shape.inputs != target.shape.inputs
      target.shape.pack(
        { i, j in a[source.shape.index(isBias ? 0 : i, j)] }, into: b)
    }
    guard case .bernoulli(let lowest, let highest) = likelihood else { return }
    // Training works on (value - lowest) / range, the network on (value - mean) / scale.
    let inverse = 1 / (highest - lowest)
    let layer = architecture.encoder.hidden[0]
    let (weights, biases) = (pointer(layer.weight), pointer(layer.bias))
    for j in 0..<layer.weight.shape.outputs {
      var shift = 0.0
      for i in 0..<layer.weight.shape.inputs {
        let index = layer.weight.shape.index(i, j)
        shift += Double(weights[index]) * Double((model.means[i] - lowest) * inverse)
        weights[index] *= model.scale * inverse
      }
      for anchor in 0..<architecture.anchors {
        biases[layer.bias.shape.index(anchor, j)] += Float(shift)
      }
    }
  }

  /// Sets the unit of a latent at all anchors: the encoder divides by exp(`gain`), and the decoder multiplies.
  fileprivate func set(gain: Float, latent: Int) {
    for (entry, sign) in [(architecture.encoder.gain, Float(-1)), (architecture.decoder.gain, 1)] {
      for anchor in 0..<architecture.anchors {
        pointer(entry)[entry.shape.index(anchor, latent)] = sign * gain
      }
    }
  }

  /// Sets the prior of a latent at an anchor.
  fileprivate func set(_ prior: LogisticMixture, latent: Int, anchor: Int) {
    let entry = architecture.prior
    for (kind, values) in [prior.means, prior.logScales, prior.logits].enumerated() {
      for (component, value) in values.enumerated() {
        let column = architecture.priorColumn(kind: kind, component: component, latent: latent)
        pointer(entry)[entry.shape.index(anchor, column)] = value
      }
    }
  }
}
