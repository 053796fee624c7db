import Tensor
import VAEModel

/// Searches for the operating points of qualities: the lower hull of rate and distortion over VAE qualities and
/// residual steps, measured on held-out rows.
package struct OperatingPointSearch {
  /// A way of coding, and its rate and distortion on held-out rows.
  package struct Candidate {
    /// The operating point that codes.
    package var point: OperatingPoint
    /// In bits per sample.
    package var bits: Double
    /// The mean squared error of standardized values.
    package var error: Double
  }

  let kernels: Kernels
  let workers: Workers
  /// The held-out rows, standardized.
  let held: Matrix
  /// The held-out rows in the data's units.
  let heldSamples: Matrix
  /// The weights of squared errors of ``held``, 0 for missing values; nil if all weigh the same.
  private let known: Matrix?
  let model: Model
  private let fileRows: Int?
  /// Some of the training rows, standardized; nil if there are none.
  private let fit: Matrix?
  /// The mean squared error of standardized values outside an input projection; 0 without one.
  private let lost: Double

  /// - Parameters:
  ///   - fit: the training rows, standardized.
  ///   - fileRows: the rows of the file that embeds the part of the model that its point uses; nil if the whole model
  ///     is kept.
  package init(
    kernels: Kernels, workers: Workers, held: Matrix, heldSamples: Matrix, known: Matrix? = nil,
    fit: Matrix? = nil, model: Model, fileRows: Int? = nil
  ) {
    self.fileRows = fileRows
    self.kernels = kernels
    self.workers = workers
    self.held = held
    self.heldSamples = heldSamples
    self.known = known
    self.model = model
    self.fit = fit.map { $0.spread(rows: Self.maximumFitRows) }
    guard model.inputProjection != nil else {
      lost = 0
      return
    }
    let projected = model.dataUnits(held, kernels)
    var sum = 0.0
    for r in 0..<held.rows {
      for c in 0..<model.values {
        let d =
          (Double(projected[r * model.values + c]) - Double(heldSamples.row(r)[c])) / Double(model.scale)
        sum += d * d
      }
    }
    lost = sum / Double(held.rows * model.values)
  }

  /// The VAE qualities tried.
  static let grid: [Float] = (0...16).map { Float($0) / 16 }
  /// With few held-out rows, some candidate is always close by chance. Its error therefore counts as at least this
  /// share of that of a uniform quantizer of its step, or of that of the network on training rows.
  static let luck = 0.5
  private static let maximumFitRows = 1024
  /// The steps beyond the ends of the range, relative to those at the ends.
  static let coarser: [Float] = [2, 1.6, 1.25]
  static let finer: [Float] = [0.8, 0.65]
  /// The ratio of neighbouring steps tried, and their number.
  static let stepRatio = 0.8
  static let steps = 40

  /// The candidates with the network, if there is one.
  package func withNetwork() -> [Candidate] {
    guard let network = model.network else { return [] }
    let steps = model.layers.first.map(steps(of:)) ?? []
    let choices = model.layers.first.map { self.choices($0, steps) }
    let parts =
      Self.coarser.map { network.point(0, relativeStep: $0) } + Self.grid.map { network.point($0) }
      + Self.finer.map { network.point(1, relativeStep: $0) }
    return parts.flatMap { part in
      let (bits, reached) = self.network(part)
      var result = [alone(part, bits, reached)]
      if let layer = model.layers.first, let choices {
        result += coded(layer, 0, part, bits, reached, steps, choices)
      }
      if part.quality >= Self.coarsestForValues {
        result += byValue(part, bits, reached, valueSteps(reached))
      }
      return result
    }
  }

  /// The candidates without the network: the last linear layer, or value by value if the model has no network.
  package func withoutNetwork() -> [Candidate] {
    var result: [Candidate] = []
    let nothing = Matrix(rows: held.rows, columns: held.columns)
    if let layer = model.layers.last {
      let steps = self.steps(of: layer)
      result += coded(layer, model.layers.count - 1, nil, 0, nothing, steps, choices(layer, steps))
    }
    if model.network == nil { result += byValue(nil, 0, nothing, valueSteps(nothing)) }
    return result
  }

  /// The candidates of given operating points, each of which uses at most one layer after the network.
  package func candidates(_ points: [OperatingPoint]) -> [Candidate] {
    var parts: [OperatingPoint.Network?] = []
    for point in points where !parts.contains(point.network) { parts.append(point.network) }
    return parts.flatMap { part in
      let own = points.filter { $0.network == part }
      let (bits, reached) = self.network(part)
      var result: [Candidate] = []
      if let part, own.contains(where: \.isWithoutLayers) { result.append(alone(part, bits, reached)) }
      for (index, layer) in model.layers.enumerated() {
        let steps = own.map { $0.steps[index] }.filter { $0 > 0 }
        guard !steps.isEmpty else { continue }
        result += coded(layer, index, part, bits, reached, steps, choices(layer, steps))
      }
      let steps = own.map(\.valueStep).filter { $0 > 0 }
      return steps.isEmpty ? result : result + byValue(part, bits, reached, steps)
    }
  }

  /// The candidate of the network alone, which takes `bits` for `reached`.
  private func alone(_ part: OperatingPoint.Network, _ bits: Double, _ reached: Matrix) -> Candidate {
    let seen = fit.map {
      Self.luck * squaredError(model.reconstruct($0, at: part, kernels, workers), of: $0)
    }
    return Candidate(
      point: OperatingPoint(network: part, steps: model.layers.map { _ in 0 }), bits: bits,
      error: max(squaredError(reached, of: held), seen ?? 0))
  }

  private func steps(of layer: KLTLayer) -> [Float] {
    (0..<Self.steps).map { Float(Double(layer.strongest) * 3 * power(Self.stepRatio, Double($0))) }
  }

  /// The quantizers that know the cost of symbols, at each step.
  private func choices(_ layer: KLTLayer, _ steps: [Float]) -> [RDOQuantizer] {
    let levels = RDOQuantizer(layer.levelWeights(kernels))
    return steps.map { levels.adding(layer.shapeWeights(step: $0, kernels)) }
  }

  /// The mean squared error of standardized values.
  private func squaredError(_ reached: Matrix, of rows: Matrix) -> Double {
    var sum = 0.0
    for r in 0..<rows.rows {
      sum += Double(kernels.table.pointee.squared_error(rows.row(r), reached.row(r), rows.columns))
    }
    return lost + sum / Double(rows.rows * model.values)
  }

  /// The mean squared errors of known values that a linear layer alone leaves, at several steps; nil if all values are
  /// known.
  func knownErrors(_ layer: KLTLayer, _ steps: [Float]) -> [Double]? {
    guard let known else { return nil }
    let outside = held.copy(rows: 0..<held.rows)
    let coefficients = layer.coefficients(of: outside, kernels: kernels, workers: workers)
    let count = Double(known.buffer.array.count { $0 > 0 })
    return zip(steps, choices(layer, steps)).map { step, choice in
      let scale = layer.scale(step: step)
      let rest = Matrix(rows: held.rows, columns: layer.components)
      for r in 0..<held.rows {
        let (row, left) = (coefficients.row(r), rest.row(r))
        scale.forEach(first: layer.components) { c, level in
          let symbol = choice(max(-0x1p30, min(0x1p30, row[c] / step)), table: level)
          left[c] = row[c] - symbol * step
          return symbol.magnitude
        }
      }
      // The quantization error of the coefficients, as values, and the part outside the components.
      let left = outside.copy(rows: 0..<outside.rows)
      layer.synthesize(rest, 0..<held.rows, onto: left, kernels: kernels)
      var sum = 0.0
      for r in 0..<held.rows {
        let (row, mask) = (left.row(r), known.row(r))
        for c in 0..<model.values { sum += Double(mask[c]) * Double(row[c]) * Double(row[c]) }
      }
      return max(
        sum / max(1, count), Self.luck * layer.expectedError(step: step) / Double(model.values))
    }
  }

  /// The bits of the latents, and the network's reconstruction.
  private func network(_ part: OperatingPoint.Network?) -> (bits: Double, reached: Matrix) {
    let reached = Matrix(rows: held.rows, columns: held.columns)
    guard let part, let network = model.network else { return (0, reached) }
    let costs = network.parameters.priors(quality: part.quality, kernels: self.kernels).map {
      SymbolCost($0.symbolWeights(step: part.relativeStep, kernels: self.kernels))
    }
    let sums = FloatBuffer(count: held.rows)
    let (model, held, kernels) = (self.model, self.held, self.kernels)
    workers.forEachBlock(of: held.rows) { _, rows in
      let coder = NetworkCoder(model, part, rows: rows.count, kernels: kernels)
      coder.run(held, rows, into: reached)
      for (i, r) in rows.enumerated() {
        var bits: Float = 0
        let symbols = coder.symbols.row(i)
        // NaN fails this comparison and becomes the largest symbol.
        for k in costs.indices { bits += costs[k](Int32(max(-0x1p30, min(0x1p30, symbols[k])))) }
        sums.pointer[r] = bits
      }
    }
    return (sums.array.reduce(0) { $0 + Double($1) } / Double(held.rows), reached)
  }

  /// The candidates that code the residual of `reached` by `layer`, at each of `steps`.
  private func coded(
    _ layer: KLTLayer, _ index: Int, _ part: OperatingPoint.Network?, _ bits: Double, _ reached: Matrix,
    _ steps: [Float], _ choices: [RDOQuantizer]
  ) -> [Candidate] {
    let left = Matrix(rows: held.rows, columns: held.columns)
    kernels.table.pointee.add_scaled(
      held.buffer.pointer, -1, reached.buffer.pointer, left.buffer.pointer, held.buffer.count)
    let coefficients = layer.coefficients(of: left, kernels: kernels, workers: workers)
    // The part outside the layer's components.
    let outside = (0..<left.rows).reduce(0.0) { sum, r in
      sum + left.values(ofRow: r).reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    let slots = Slots<Candidate>(count: steps.count)
    let (model, lost, fileRows) = (self.model, self.lost, self.fileRows)
    workers.forEach(steps.count) { s in
      let (step, inverse) = (steps[s], 1 / steps[s])
      let count = fileRows.map { layer.componentsServed(step: step, rows: $0) } ?? layer.components
      let rounded = fileRows.map { layer.roundingError(step: step, rows: $0) } ?? 0
      let (scale, choice) = (layer.scale(step: step), choices[s])
      var (spent, error) = (0.0, 0.0)
      for r in 0..<left.rows {
        let row = coefficients.row(r)
        var (rowBits, rowError): (Float, Float) = (0, 0)
        for c in count..<layer.components { rowError += row[c] * row[c] }
        scale.forEach(first: count) { c, level in
          let symbol = choice(max(-0x1p30, min(0x1p30, row[c] * inverse)), table: level)
          let d = row[c] - symbol * step
          rowError += d * d
          rowBits += choice.bits(symbol, table: level)
          return symbol.magnitude
        }
        spent += Double(rowBits)
        error += Double(rowError)
      }
      var layerSteps = model.layers.map { _ in Float(0) }
      layerSteps[index] = step
      slots[s] = Candidate(
        point: OperatingPoint(network: part, steps: layerSteps), bits: bits + spent / Double(left.rows),
        error: lost
          + max(
            (outside + error) / Double(left.rows) + rounded, Self.luck * layer.expectedError(step: step))
          / Double(model.values))
    }
    return slots.array
  }
}
