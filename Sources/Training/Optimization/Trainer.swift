import Tensor
import VAEModel

/// Fits the parameters of a VAE to standardized samples, one step of Adam after another.
///
/// The same data, options and seed give the same bits on every machine and for any number of workers.
package final class Trainer: ResumableTrainer {
  /// What training needs to be told.
  package struct Options: Sendable {
    /// Rows in a batch.
    package var batch = 128
    /// The highest learning rate.
    package var peakRate = 2e-3
    /// Decay of the hidden layers' weights, in units of the learning rate.
    package var weightDecay = 0.1
    /// The share of rows that are mixed with another (Zhang et al., mixup, arXiv 1710.09412).
    package var mixing: Float = 0
    /// Where the random numbers start.
    package var seed: UInt64 = 0

    /// The defaults.
    package init() {}
  }

  /// What training has reached so far.
  package let parameters: Parameters
  /// What u means.
  package let qualities: LambdaRange

  private let data: Matrix
  private let known: Matrix?
  private let options: Options
  private let schedule: Schedule
  private let workers: Workers
  private let pass: NetworkActivations
  private let gradients: Gradients
  private let optimizer: Optimizer
  /// Panels of all entries, and of those of decoder and prior.
  private let panels: ParameterPanels
  private let finetuningPanels: ParameterPanels
  /// Entries, by their offset, whose weights decay.
  private let decaying: Set<Int>
  private var place: TrainerState
  /// What the rows of the batch are.
  private var picks: [Pick]

  /// Prepares a fit of `data` (rows x values, standardized).
  ///
  /// - Parameters:
  ///   - parameters: the start; it is changed in place.
  ///   - known: of the same shape, 1 for values that are known and 0 for others, which are left out of the loss; nil
  ///     where all are known.
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

  /// Steps that have been made.
  package var stepsDone: Int { place.number }

  /// Makes one step.
  ///
  /// - Parameter progress: how much of the fit is behind, in 0 ... 1.
  package func step(progress: Double) {
    step(
      top: schedule.top(progress), rate: schedule.rate(progress), beta1: schedule.beta1(progress),
      rounded: false)
  }

  /// Makes one step of the end: latents are rounded, as they will be, and decoder and prior settle on what that makes
  /// of them. The encoder stays as it is.
  ///
  /// - Parameter progress: how much of the end is behind, in 0 ... 1.
  func finetuneDecoder(progress: Double) {
    step(top: 1, rate: Self.finetuningRate * (1 - progress), beta1: 0.9, rounded: true)
  }

  /// Learning rate at the beginning of the end.
  private static let finetuningRate = 6e-4

  private func step(top: Float, rate: Double, beta1: Double, rounded: Bool) {
    let batch = pass.input.rows
    for r in 0..<batch {
      picks[r] = Pick(row: place.nextRow())
      if place.random.uniform() < options.mixing {
        picks[r].mixed = (place.random.index(below: data.rows), 0.5 * place.random.uniform())
      }
      // Stratified over the batch: less variance than independent draws.
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

/// A row of the data, or a point on the way from it to another.
private struct Pick {
  let row: Int
  /// A point between two samples is nearly a sample: with few rows, more of them to learn from.
  var mixed: (other: Int, share: Float)?

  func copy(from data: Matrix, to target: UnsafeMutablePointer<Float>) {
    target.update(from: data.row(row), count: data.stride)
    guard let mixed else { return }
    let other = data.row(mixed.other)
    for i in 0..<data.columns { target[i] += mixed.share * (other[i] - target[i]) }
  }

  /// What of it is known: 1 or 0, and of two samples what both know.
  func copy(known: Matrix, to target: UnsafeMutablePointer<Float>) {
    target.update(from: known.row(row), count: known.stride)
    guard let mixed else { return }
    let other = known.row(mixed.other)
    for i in 0..<known.columns { target[i] *= other[i] }
  }
}
