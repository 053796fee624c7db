import Tensor
import VAEModel

// The candidates that code the network's residual value by value.

extension OperatingPointSearch {
  /// Below this VAE quality, the residual is too large to be coded value by value.
  static let coarsestForValues: Float = 0.4

  /// The steps of the value layer tried after the reconstruction `reached`.
  func valueSteps(_ reached: Matrix) -> [Float] {
    guard model.valueLayer != nil else { return [] }
    let deviation = squaredError(ofValues: model.dataUnits(reached, kernels)).squareRoot()
    var steps = (0..<Self.steps).map { Float(deviation * 8 * power(Self.stepRatio, Double($0))) }
    if model.output.isInteger { steps = Self.integerSteps(upTo: steps[0]) }
    return steps.filter(\.isNormal)
  }

  /// The mean squared error of values in the data's units.
  private func squaredError(ofValues values: [Float]) -> Double {
    zip(heldSamples.rowMajor(held.rows), values).reduce(0) { sum, pair in
      let d = Double(pair.0) - Double(pair.1)
      return sum + d * d / Double(values.count)
    }
  }

  /// The candidates that code the network's residual value by value, at each of `steps`.
  func byValue(
    _ part: OperatingPoint.Network?, _ bits: Double, _ reached: Matrix, _ steps: [Float]
  ) -> [Candidate] {
    guard let layer = model.valueLayer, !steps.isEmpty else { return [] }
    let costs = layer.symbolWeights(kernels).map { SymbolCost($0) }
    let (rows, values) = (held.rows, model.values)
    let x = heldSamples.rowMajor(rows)
    let base = model.dataUnits(reached, kernels)
    let square = squaredError(ofValues: base)
    let slots = Slots<Candidate>(count: steps.count)
    let (model, kernels) = (self.model, self.kernels)
    workers.forEach(steps.count) { s in
      let coder = ValueCoder(model, rows: rows, kernels: kernels)
      var spent = 0.0
      var back = [Float](repeating: 0, count: x.count)
      x.withUnsafeBufferPointer { x in
        base.withUnsafeBufferPointer { base in
          coder.encode(x, base: base, rows: rows, step: steps[s]) { _, symbols, levels in
            for r in 0..<rows { spent += Double(costs[Int(levels[r])](symbols[r])) }
          }
        }
      }
      back.withUnsafeMutableBufferPointer { coder.copyDecoded(rows, into: $0) }
      var error = 0.0
      let inverse = 1 / Double(model.scale)
      let quantum = Double(steps[s]) * inverse
      let leastError =
        model.output.isInteger ? 0 : Self.luck * min(square * inverse * inverse, quantum * quantum / 12)
      for (a, b) in zip(x, back) {
        let d = (Double(a) - Double(b)) * inverse
        error += d * d
      }
      slots[s] = Candidate(
        point: OperatingPoint(network: part, steps: model.layers.map { _ in 0 }, valueStep: steps[s]),
        bits: bits + spent / Double(rows),
        error: max(1e-13, error / Double(rows * values), leastError))
    }
    return slots.array
  }

  /// Integer steps, in ratios like those of the others: between integers, a fractional step gains nothing.
  private static func integerSteps(upTo largest: Float) -> [Float] {
    var steps: [Float] = []
    var next: Float = 1
    while next <= max(1, largest), steps.count < Self.steps {
      steps.append(next)
      next = max(next + 1, (next / Float(Self.stepRatio)).rounded())
    }
    return steps
  }
}
