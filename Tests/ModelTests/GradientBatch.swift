import CKernels
import Testing

@testable import Tensor
@testable import Training
@testable import VAEModel

/// A batch on its way through a network of random weights, forward and backward, and the same for the reference.
struct GradientBatch {
  let parameters: Parameters
  let pass: NetworkActivations
  let gradients: Gradients
  var reference: ReferenceNetwork
  let rows: [ReferenceNetwork.Row]
  let low: [Double]
  let high: [Double]

  /// - Parameter clipped: some of the output's values have bounds, below, above or both.
  init(_ architecture: Architecture, rows count: Int, clipped: Bool, kernels: Kernels = Kernels()) {
    var random = RandomSource(seed: 11)
    let parameters = Parameters(architecture)
    for entry in architecture.entries {
      let bound = 1.2 / Float(entry.shape.inputs).squareRoot()
      entry.shape.pack({ _, _ in bound * (2 * random.uniform() - 1) }, into: parameters.pointer(entry))
    }
    let inverseDeviation = random.floats(architecture.latents, 0.5...2)
    let pass = NetworkActivations(
      rows: count, parameters, inverseDeviation: inverseDeviation, kernels: kernels)
    let padded = paddedToPanels(architecture.values)
    let (low, high) = (FloatBuffer(count: padded), FloatBuffer(count: padded))
    for i in 0..<architecture.values {
      low.pointer[i] = clipped && i % 3 != 0 ? -0.1 : -.infinity
      high.pointer[i] = clipped && i % 3 != 1 ? 0.05 : .infinity
    }
    let gradients = Gradients(pass, bounds: clipped ? (low, high) : nil)
    var rows: [ReferenceNetwork.Row] = []
    for r in 0..<count {
      let u = (Float(r) + random.uniform()) / Float(count)
      let step = 0.3 + random.uniform()
      let input = random.floats(architecture.values, -1...1)
      for (i, x) in input.enumerated() { pass.input[r, i] = x }
      pass.condition(row: r, u: u, step: step)
      gradients.lambda.pointer[r] = 0.5 + random.uniform()
      let key = UInt32(truncatingIfNeeded: random.next())
      gradients.setNoise(row: r, key: key)
      var noise = [Float](repeating: 0, count: architecture.latents)
      kernels.table.pointee.noise(key, &noise, noise.count)
      rows.append(
        ReferenceNetwork.Row(
          input: input.map(Double.init), noise: noise.map(Double.init),
          hats: architecture.hats(u).map(Double.init), step: Double(step),
          lambda: Double(gradients.lambda.pointer[r])))
    }
    for source in gradients.sources {
      for panel in 0..<source.entry.shape.panels { gradients.transpose(source.entry, panel: panel) }
    }
    gradients.run(0..<count)
    self.parameters = parameters
    self.pass = pass
    self.gradients = gradients
    self.rows = rows
    self.low = (0..<architecture.values).map { Double(low.pointer[$0]) }
    self.high = (0..<architecture.values).map { Double(high.pointer[$0]) }
    reference = ReferenceNetwork(parameters, inverseDeviation: inverseDeviation)
  }

  /// The gradient of one entry as training computes it, padding included.
  func gradient(_ source: Gradients.Source) -> [Float] {
    let buffer = FloatBuffer(count: source.entry.shape.count)
    for panel in 0..<source.entry.shape.panels {
      var product = gradients.parameterGradient(source, panel: panel)
      product.c = buffer.pointer + panel * source.entry.shape.inputs * panelWidth
      pass.kernels.table.pointee.product(&product)
    }
    return buffer.array
  }

  /// The largest difference between gradient and finite differences, relative to the entry's largest gradient.
  mutating func worst(_ source: Gradients.Source, places: [(Int, Int)]) -> Double {
    let found = gradient(source)
    let largest = Double(found.map(\.magnitude).max() ?? 0)
    var worst = 0.0
    for (i, j) in places {
      let place = source.entry.shape.index(i, j)
      let number = source.entry.offset + place
      let value = reference.numbers[number]
      let h = 1e-5
      reference.numbers[number] = value + h
      let up = reference.loss(rows, low: low, high: high)
      reference.numbers[number] = value - h
      let down = reference.loss(rows, low: low, high: high)
      reference.numbers[number] = value
      worst = max(worst, ((up - down) / (2 * h) - Double(found[place])).magnitude)
    }
    return worst / max(largest, 1e-6)
  }
}
