import CKernels
import Tensor
import VAEModel

/// Fits one ``LogisticMixture`` to each column of a matrix, by maximum likelihood.
///
/// The likelihood is that of quantized numbers, over steps from a sixteenth of the column's standard deviation to twice
/// it, so that one density serves every step. The optimizer is Adam, for all columns in parallel.
enum MixtureFit {
  private static let steps = 400
  private static let batch = 64

  /// - Parameters:
  ///   - x: rows x columns.
  ///   - deviations: the standard deviation of each column, positive; it sets the scale of the fit.
  ///   - integers: whether the columns hold integers. The likelihood is then that of integers, at a step of 1.
  /// - Returns: a mixture for each column, in the columns' own units.
  static func fit(
    _ x: Matrix, deviations: [Float], integers: Bool = false, kernels: Kernels, workers: Workers,
    random: inout RandomSource
  ) -> [LogisticMixture] {
    precondition(x.rows > 0 && deviations.count == x.columns)
    let stride = x.stride
    let part = LogisticMixture.components * stride
    let inverse = FloatBuffer(count: stride)
    for c in 0..<stride { inverse.pointer[c] = c < deviations.count ? 1 / deviations[c] : 1 }
    let parameters = FloatBuffer(count: 3 * part)
    for c in 0..<stride {
      for m in 0..<LogisticMixture.components {
        parameters.pointer[m * stride + c] = 0.5 * Float(m - 1)
        parameters.pointer[part + m * stride + c] = -0.9
      }
    }
    let optimizer = Optimizer(count: 3 * part, kernels: kernels)
    var plan: [(rows: [Int], step: Float)] = []
    for _ in 0..<steps {
      let rows = (0..<min(batch, x.rows)).map { _ in random.index(below: x.rows) }
      plan.append((rows, Float(exponential(logarithm(1.0 / 16) + logarithm(32) * Double(random.uniform())))))
    }
    workers.forEach(stride / panelWidth) { [plan] panel in
      fitPanel(
        x, panel * panelWidth, inverse, parameters, optimizer, plan: plan, integers: integers, stride: stride,
        kernels: kernels)
    }
    return (0..<x.columns).map { c in
      let deviation = deviations[c]
      func values(_ kind: Int) -> [Float] {
        (0..<LogisticMixture.components).map { parameters.pointer[kind * part + $0 * stride + c] }
      }
      return LogisticMixture(
        means: values(0).map { $0 * deviation },
        logScales: values(1).map { $0 + Float(logarithm(Double(deviation))) }, logits: values(2))
    }
  }

  /// Fits the columns first ..< first + 32; other panels are not touched.
  private static func fitPanel(
    _ x: Matrix, _ first: Int, _ inverse: FloatBuffer, _ parameters: FloatBuffer, _ optimizer: Optimizer,
    plan: [(rows: [Int], step: Float)], integers: Bool, stride: Int, kernels: Kernels
  ) {
    let width = panelWidth
    let kinds = 3 * LogisticMixture.components
    let table = kernels.table.pointee
    // Mean, log scale and logit of the panel's columns: [kind][component][column].
    let scaled = FloatBuffer(count: kinds * width)
    let gradient = FloatBuffer(count: kinds * width)
    let sum = FloatBuffer(count: kinds * width)
    let symbol = FloatBuffer(count: width)
    let bits = FloatBuffer(count: width)
    let dz = FloatBuffer(count: width)
    let part = LogisticMixture.components * width
    var inverseSteps = [Float](repeating: 1, count: width)
    var decay = 1.0
    for (number, (rows, step)) in plan.enumerated() {
      for c in 0..<width {
        let inverseStep = integers ? 1 / inverse.pointer[first + c] : 1 / step
        inverseSteps[c] = inverseStep
        let logStep = -Float(logarithm(Double(inverseStep)))
        for k in 0..<kinds {
          let value = parameters.pointer[k * stride + first + c]
          let kind = k / LogisticMixture.components
          scaled.pointer[k * width + c] =
            kind == 0 ? value * inverseStep : kind == 1 ? value - logStep : value
        }
      }
      sum.pointer.update(repeating: 0, count: kinds * width)
      var prior = vaec_mixture_row(
        count: width, stride: width, mean: scaled.pointer, log_scale: scaled.pointer + part,
        logit: scaled.pointer + 2 * part)
      for r in rows {
        let row = x.row(r) + first
        for c in 0..<width { symbol.pointer[c] = row[c] * inverse.pointer[first + c] * inverseSteps[c] }
        table.mixture_gradient(
          &prior, symbol.pointer, 1 / Float(rows.count), bits.pointer, dz.pointer, gradient.pointer,
          gradient.pointer + part, gradient.pointer + 2 * part)
        table.add_scaled(sum.pointer, 1, gradient.pointer, sum.pointer, kinds * width)
      }
      for i in 0..<part { sum.pointer[i] *= inverseSteps[i % width] }
      let progress = Double(number) / Double(plan.count)
      decay *= 0.9
      let adam = Optimizer.Step(
        number: number + 1, rate: 0.05 * (1 - progress) + 0.001, beta1: 0.9, beta2: 0.99, firstDecay: decay)
      for k in 0..<kinds {
        optimizer.update(
          parameters, offset: k * stride + first, count: width, gradient: sum.pointer + k * width, adam)
      }
    }
  }
}
