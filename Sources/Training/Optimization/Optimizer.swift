import CKernels
import Tensor

/// Adam (Kingma and Ba, arXiv 1412.6980) over panels of a parameter array.
struct Optimizer: Sendable {
  private let kernels: Kernels
  private let firstMoment: FloatBuffer
  private let secondMoment: FloatBuffer

  /// The estimates of the gradients' first and second moments, one per parameter.
  var moments: [FloatBuffer] { [firstMoment, secondMoment] }

  init(count: Int, kernels: Kernels) {
    self.kernels = kernels
    firstMoment = FloatBuffer(count: count)
    secondMoment = FloatBuffer(count: count)
  }

  /// The constants of one step, common to all parameters.
  struct Step: Sendable {
    let rate: Float
    let beta1: Float
    let beta2: Float
    let firstCorrection: Float
    let secondCorrection: Float
    /// The share by which decaying weights shrink.
    let decay: Float

    /// - Parameter number: 1 for the first step.
    init(
      number: Int, rate: Double, beta1: Double, beta2: Double = 0.999, firstDecay: Double, decay: Double = 0
    ) {
      self.decay = Float(decay)
      self.rate = Float(rate)
      self.beta1 = Float(beta1)
      self.beta2 = Float(beta2)
      firstCorrection = Float(1 / (1 - firstDecay))
      secondCorrection = Float(1 / (1 - exponential(Double(number) * logarithm(beta2))))
    }
  }

  /// Updates `count` parameters from `offset` on.
  func update(
    _ weights: FloatBuffer, offset: Int, count: Int, gradient: UnsafePointer<Float>, _ step: Step
  ) {
    var s = self.step(weights, offset: offset, count: count, decays: false, step)
    s.gradient = gradient
    kernels.table.pointee.adam(&s)
  }

  /// Updates a panel of weights from `offset` on with the gradient that a product gives.
  ///
  /// - Parameter decays: whether the weights decay.
  func update(_ weights: FloatBuffer, offset: Int, _ gradient: vaec_product, decays: Bool, _ step: Step) {
    var s = self.step(weights, offset: offset, count: gradient.rows * panelWidth, decays: decays, step)
    var p = gradient
    kernels.table.pointee.descend(&p, &s)
  }

  /// Updates weights that are shared: `weights`, each once, whose moments are kept from `offset` on.
  func update(
    shared weights: FloatBuffer, offset: Int, range: Range<Int>, gradient: FloatBuffer, decays: Bool,
    _ step: Step
  ) {
    var s = self.step(weights, offset: 0, count: range.count, decays: decays, step)
    s.weight = weights.pointer + range.lowerBound
    s.first_moment = firstMoment.pointer + offset + range.lowerBound
    s.second_moment = secondMoment.pointer + offset + range.lowerBound
    s.gradient = UnsafePointer(gradient.pointer + range.lowerBound)
    kernels.table.pointee.adam(&s)
  }

  private func step(
    _ weights: FloatBuffer, offset: Int, count: Int, decays: Bool, _ step: Step
  ) -> vaec_adam_step {
    var s = vaec_adam_step()
    s.weight = weights.pointer + offset
    s.first_moment = firstMoment.pointer + offset
    s.second_moment = secondMoment.pointer + offset
    s.count = count
    s.beta1 = step.beta1
    s.beta2 = step.beta2
    s.rate = step.rate * step.firstCorrection
    s.second_correction = step.secondCorrection
    s.epsilon = 1e-8
    s.decay = decays ? step.decay : 0
    return s
  }
}
