import Tensor
import VAEModel

/// Fits the parameters of a VAE to standardized samples by steps of Adam.
///
/// The same data, options and seed give the same bits on every machine and for any number of workers.
package final class Trainer: ResumableTrainer {
  /// The options of training.
  package struct Options: Sendable {
    /// The number of rows in a batch.
    package var batch = 128
    /// The highest learning rate.
    package var peakRate = 2e-3
    /// The decay of the hidden layers' weights, in units of the learning rate.
    package var weightDecay = 0.1
    /// The share of rows mixed with another row (Zhang et al., mixup, arXiv 1710.09412).
    package var mixing: Float = 0
    /// The random seed.
    package var seed: UInt64 = 0

    /// Creates the default options.
    package init() {}
  }

  /// The parameters reached so far.
  package let parameters: Parameters
  /// The range of VAE qualities u.
  package let qualities: LambdaRange

  private let data: Matrix
  private let known: Matrix?
  private let options: Options
  private let schedule: Schedule
  private let workers: Workers
  private let pass: NetworkActivations
  private let gradients: Gradients
  private let optimizer: Optimizer
  /// The panels of all entries, and those of the decoder and the prior.
  private let panels: ParameterPanels
  private let finetuningPanels: ParameterPanels
  /// The entries, by their offset, whose weights decay.
  private let decaying: Set<Int>
  private var place: TrainerState
  /// The rows of the batch.
  private var picks: [Pick]

  /// Prepares a fit of `data` (rows x values, standardized).
  ///
  /// - Parameters:
  ///   - parameters: the initial values; trained in place.
  ///   - known: of the same shape, 1 for known values and 0 for others, which do not count for the loss; nil if all are
  ///     known.
  init(
    _ data: Matrix, known: Matrix? = nil, parameters: Parameters, inverseDeviation: [Float],
    bounds: (low: FloatBuffer, high: FloatBuffer)? = nil, qualities: LambdaRange, options: Options,
    kernels: Kernels, workers: Workers
  ) {
    precondition(data.rows > 0)
    self.data = data
    self.known = known
    self.parameters = parameters
    self.qualities = qualities
    self.options = options
    self.workers = workers
    schedule = Schedule(peakRate: options.peakRate)
    let batch = min(options.batch, data.rows)
    pass = NetworkActivations(rows: batch, parameters, inverseDeviation: inverseDeviation, kernels: kernels)
    gradients = Gradients(pass, bounds: bounds, hasMissing: known != nil)
    optimizer = Optimizer(count: parameters.architecture.count, kernels: kernels)
    let a = parameters.architecture
    decaying = Set(
      [a.encoder, a.decoder].flatMap { $0.hidden.map(\.weight.offset) + [$0.last.offset] })
    let finetuning = Set(
      ([a.decoder.linear.weight, a.decoder.linear.bias, a.decoder.last, a.decoder.gain, a.prior]
        + a.decoder.hidden.flatMap { [$0.weight, $0.bias] }).map(\.offset))
    let sources = gradients.sources
    panels = ParameterPanels(sources, of: gradients)
    finetuningPanels = ParameterPanels(
      sources.filter { finetuning.contains($0.entry.offset) }, of: gradients)
    place = TrainerState(rows: data.rows, seed: options.seed)
    picks = Array(repeating: Pick(row: 0), count: batch)
    panels.transpose()
  }

  var buffers: [FloatBuffer] { [parameters.buffer] + optimizer.moments }

  var state: TrainerState {
    get { place }
    set {
      precondition(newValue.order.count == data.rows && (0...data.rows).contains(newValue.next))
      place = newValue
      panels.transpose()
    }
  }

  /// The number of steps made.
  package var stepsDone: Int { place.number }

  /// Makes one step.
  ///
  /// - Parameter progress: the finished share of the fit, in 0 ... 1.
  package func step(progress: Double) {
    step(
      top: schedule.top(progress), rate: schedule.rate(progress), beta1: schedule.beta1(progress),
      rounded: false)
  }

  /// Makes one step of fine-tuning: latents are rounded, as in coding, and the decoder and the prior adapt. The encoder
  /// stays as it is.
  ///
  /// - Parameter progress: the finished share of the fine-tuning, in 0 ... 1.
  func finetuneDecoder(progress: Double) {
    step(top: 1, rate: Self.finetuningRate * (1 - progress), beta1: 0.9, rounded: true)
  }

  /// The initial learning rate of fine-tuning.
  private static let finetuningRate = 6e-4

  private func step(top: Float, rate: Double, beta1: Double, rounded: Bool) {
    let batch = pass.input.rows
    for r in 0..<batch {
      picks[r] = Pick(row: place.nextRow())
      if place.random.uniform() < options.mixing {
        picks[r].mixed = (place.random.index(below: data.rows), 0.5 * place.random.uniform())
      }
      // Stratified over the batch, which has less variance than independent draws.
      let u = (Float(r) + place.random.uniform()) / Float(batch) * top
      pass.condition(row: r, u: u, step: qualities.step(u))
      gradients.lambda.pointer[r] = qualities.lambda(u)
      gradients.setNoise(row: r, key: UInt32(truncatingIfNeeded: place.random.next()))
    }
    place.number += 1
    place.firstDecay *= beta1
    let adam = Optimizer.Step(
      number: place.number, rate: rate, beta1: beta1, firstDecay: place.firstDecay,
      decay: rate * options.weightDecay)
    let (data, known, picks, pass, gradients) = (
      self.data, self.known, self.picks, self.pass, self.gradients
    )
    workers.forEachRange(of: batch) { rows in
      for r in rows {
        picks[r].copy(from: data, to: pass.input.row(r))
        if let known, let target = gradients.known { picks[r].copy(known: known, to: target.row(r)) }
      }
      gradients.run(rows, rounded: rounded)
    }
    (rounded ? finetuningPanels : panels).update(by: optimizer, adam, decaying: decaying, workers: workers)
  }
}

/// A row of the data, or a point between it and another row.
private struct Pick {
  let row: Int
  /// A point between two samples is almost a sample. If there are few rows, this adds training data.
  var mixed: (other: Int, share: Float)?

  func copy(from data: Matrix, to target: UnsafeMutablePointer<Float>) {
    target.update(from: data.row(row), count: data.stride)
    guard let mixed else { return }
    let other = data.row(mixed.other)
    for i in 0..<data.columns { target[i] += mixed.share * (other[i] - target[i]) }
  }

  /// Copies which of its values are known: 1 or 0; for two samples, those that both have.
  func copy(known: Matrix, to target: UnsafeMutablePointer<Float>) {
    target.update(from: known.row(row), count: known.stride)
    guard let mixed else { return }
    let other = known.row(mixed.other)
    for i in 0..<known.columns { target[i] *= other[i] }
  }
}
