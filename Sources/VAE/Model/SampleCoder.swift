import CKernels

/// Turns samples into symbols and back, for one model at one operating point.
///
/// It owns the activations of one block of rows and allocates nothing afterwards. A row's symbols, and a row's
/// reconstruction, do not depend on the rows beside it.
public final class SampleCoder {
  /// Rows it works on at once.
  public let blockRows: Int
  private let model: Model
  private let point: OperatingPoint
  private let kernels: Kernels
  private let pass: Pass?
  /// rows x width: the standardized samples, the reconstruction, what is left.
  private let target: Matrix
  private let reconstruction: Matrix
  private let residual: Matrix
  /// rows x values, where the model has a front basis.
  private let wide: Matrix?
  private let coefficients: [(values: Matrix, change: Matrix)?]
  private let scales: [RowScale]
  /// For encoding alone, and made when it is first needed: the choice of symbols by the table of their level.
  private lazy var choices = zip(model.layers, point.steps).map { layer, step in
    SymbolChoice(step > 0 ? layer.symbolWeights(step: step, kernels) : [])
  }
  /// Bounds of each standardized value, where the output rule has any and the network works on values.
  private let bounds: (low: FloatBuffer, high: FloatBuffer)?

  /// - Parameter blockRows: rows at once: more is faster up to about 256, and takes more memory.
  public init(_ model: Model, at point: OperatingPoint, blockRows: Int = 128, kernels: Kernels) {
    precondition(model.accepts(point) && blockRows > 0)
    self.model = model
    self.point = point
    self.kernels = kernels
    self.blockRows = blockRows
    target = Matrix(rows: blockRows, columns: model.width)
    reconstruction = Matrix(rows: blockRows, columns: model.width)
    residual = Matrix(rows: blockRows, columns: model.width)
    wide = model.front == nil ? nil : Matrix(rows: blockRows, columns: model.values)
    bounds = model.standardizedBounds()
    coefficients = zip(model.layers, point.steps).map { layer, step in
      guard step > 0 else { return nil }
      return (
        Matrix(rows: blockRows, columns: layer.components), Matrix(rows: blockRows, columns: layer.components)
      )
    }
    scales = zip(model.layers, point.steps).map {
      $0.scale(step: $1 > 0 ? $1 : 1)
    }
    if let network = model.network, let part = point.network {
      pass = Pass(rows: blockRows, network, at: part, kernels: kernels)
    } else {
      pass = nil
    }
  }

  /// Symbols that no 32-bit integer holds are cut off here; only absurd input reaches it.
  private static let largestSymbol: Float = 0x1p30

  /// Encodes `samples` (in the data's units, rows x values, at most ``blockRows`` rows).
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the symbol of plane p and row r goes to symbols[p * planeStride + r].
  ///   - levels: the same for the planes after the latents': the level that chooses the table of the symbol.
  ///   - planeStride: symbols from one plane to the next.
  public func encode(
    _ samples: UnsafeBufferPointer<Float>, rows: Int, symbols: UnsafeMutablePointer<Int32>,
    levels: UnsafeMutablePointer<UInt8>, planeStride: Int
  ) {
    precondition(rows <= blockRows && samples.count == rows * model.values)
    let all = 0..<rows
    let table = kernels.table.pointee
    standardize(samples, rows)
    var plane = 0
    if let pass {
      pass.input.row(0).update(from: target.row(0), count: rows * target.stride)
      pass.forwardEncoder(all)
      // The nearest: a decoder that bends makes more of a latent's error than its size says.
      table.round(pass.latents.row(0), pass.symbols.row(0), rows * pass.symbols.stride)
      limit(pass.symbols, rows)
      plane = emit(pass.symbols, rows, plane, symbols, planeStride)
    }
    reconstructNetwork(rows)
    let latents = plane
    var firstLevel = 0
    for (i, layer) in model.layers.enumerated() {
      guard let (values, change) = coefficients[i] else { continue }
      table.add_scaled(target.row(0), -1, reconstruction.row(0), residual.row(0), rows * residual.stride)
      layer.analyze(residual, all, into: values, change: change, kernels: kernels)
      table.scale(values.row(0), 1 / point.steps[i], values.row(0), rows * values.stride)
      choose(
        values, rows, layer: i, firstLevel: firstLevel,
        levels: levels + (plane - latents) * planeStride, planeStride)
      firstLevel += layer.levels
      plane = emit(values, rows, plane, symbols, planeStride)
      table.scale(values.row(0), point.steps[i], values.row(0), rows * values.stride)
      layer.synthesize(values, all, onto: reconstruction, kernels: kernels)
    }
  }

  /// What the block that was encoded last is the base of, for a value layer: what
  /// ``decode(_:planeStride:rows:into:asBase:)`` makes of its symbols.
  public func lastBase(rows: Int, into samples: UnsafeMutableBufferPointer<Float>) {
    precondition(rows <= blockRows && samples.count == rows * model.values)
    finish(rows, into: samples, asBase: true)
  }

  /// Decodes what ``encode(_:rows:symbols:levels:planeStride:)`` made, into the data's units.
  ///
  /// - Parameters:
  ///   - samples: rows x values; overwritten.
  ///   - asBase: integers are not rounded, since a value layer follows.
  public func decode(
    _ symbols: UnsafePointer<Int32>, planeStride: Int, rows: Int,
    into samples: UnsafeMutableBufferPointer<Float>,
    asBase: Bool
  ) {
    precondition(rows <= blockRows && samples.count == rows * model.values)
    let table = kernels.table.pointee
    var plane = 0
    if let pass { plane = take(pass.symbols, rows, plane, symbols, planeStride) }
    reconstructNetwork(rows)
    for (i, layer) in model.layers.enumerated() {
      guard let (values, _) = coefficients[i] else { continue }
      plane = take(values, rows, plane, symbols, planeStride)
      table.scale(values.row(0), point.steps[i], values.row(0), rows * values.stride)
      layer.synthesize(values, 0..<rows, onto: reconstruction, kernels: kernels)
    }
    finish(rows, into: samples, asBase: asBase)
  }

  /// reconstruction = the network's output for its symbols, within bounds; 0 (the mean) without a network.
  private func reconstructNetwork(_ rows: Int) {
    guard let pass else {
      reconstruction.row(0).update(repeating: 0, count: rows * reconstruction.stride)
      return
    }
    pass.forwardDecoder(0..<rows)
    let output = reconstruction.row(0)
    output.update(from: pass.output.row(0), count: rows * reconstruction.stride)
    guard let bounds else { return }
    for r in 0..<rows {
      kernels.table.pointee.clip(
        reconstruction.row(r), bounds.low.pointer, bounds.high.pointer, reconstruction.row(r), model.values)
    }
  }

  /// samples = rule(means + scale * reconstruction).
  private func finish(_ rows: Int, into samples: UnsafeMutableBufferPointer<Float>, asBase: Bool) {
    var final = reconstruction
    if let front = model.front, let wide {
      kernels.product(
        0..<rows, reconstruction, front.synthesis.buffer.pointer, front.synthesis.shape, into: wide)
      final = wide
    }
    guard let base = samples.baseAddress else { return }
    var rule = model.output.kernelRule
    if asBase { rule.is_integer = false }
    model.means.withUnsafeBufferPointer { means in
      guard let means = means.baseAddress else { return }
      for r in 0..<rows {
        let row = base + r * model.values
        kernels.table.pointee.add_scaled(means, model.scale, final.row(r), row, model.values)
        if !model.output.isIdentity { kernels.table.pointee.apply_rule(row, &rule, row, model.values) }
      }
    }
  }

  private func standardize(_ samples: UnsafeBufferPointer<Float>, _ rows: Int) {
    guard let base = samples.baseAddress else { return }
    model.standardize(base, stride: model.values, rows: rows, into: wide ?? target, kernels)
    if let front = model.front, let wide {
      kernels.product(0..<rows, wide, front.analysis.buffer.pointer, front.analysis.shape, into: target)
    }
  }

  private func limit(_ matrix: Matrix, _ rows: Int) {
    let p = matrix.row(0)
    for i in 0..<rows * matrix.stride {
      p[i] = max(-Self.largestSymbol, min(Self.largestSymbol, p[i]))
    }
  }

  /// Replaces a layer's coefficients, in units of the step, by symbols, and writes their levels.
  private func choose(
    _ matrix: Matrix, _ rows: Int, layer: Int, firstLevel: Int, levels: UnsafeMutablePointer<UInt8>,
    _ planeStride: Int
  ) {
    let (scale, choice) = (scales[layer], choices[layer])
    for r in 0..<rows {
      let row = matrix.row(r)
      var sum = RowScale.start
      for c in 0..<matrix.columns {
        let level = scale.level(c, sum)
        // In this order, what is no number becomes the largest.
        row[c] = choice(max(-Self.largestSymbol, min(Self.largestSymbol, row[c])), table: Int(level))
        sum = scale.sum(c, after: sum, size: row[c].magnitude)
        levels[c * planeStride + r] = level + UInt8(firstLevel)
      }
    }
  }

  private func emit(
    _ matrix: Matrix, _ rows: Int, _ plane: Int, _ symbols: UnsafeMutablePointer<Int32>, _ planeStride: Int
  ) -> Int {
    for r in 0..<rows {
      let row = matrix.row(r)
      let target = symbols + plane * planeStride + r
      for c in 0..<matrix.columns { target[c * planeStride] = Int32(row[c]) }
    }
    return plane + matrix.columns
  }

  private func take(
    _ matrix: Matrix, _ rows: Int, _ plane: Int, _ symbols: UnsafePointer<Int32>, _ planeStride: Int
  ) -> Int {
    for r in 0..<rows {
      let row = matrix.row(r)
      let source = symbols + plane * planeStride + r
      for c in 0..<matrix.columns { row[c] = Float(source[c * planeStride]) }
    }
    return plane + matrix.columns
  }
}

extension Pass {
  /// A pass for coding `rows` rows with `network` at `part`: conditioned, its scales at hand.
  init(rows: Int, _ network: Model.Network, at part: OperatingPoint.Network, kernels: Kernels) {
    self.init(rows: rows, network.parameters, inverseDeviation: network.inverseDeviation, kernels: kernels)
    for r in 0..<rows { condition(row: r, u: part.quality, step: part.step) }
    forwardScales(0..<rows)
  }
}

extension Model {
  /// target = (x - means) / scale, for rows of `x` that are `stride` numbers apart; `x` may be the target's own.
  func standardize(
    _ x: UnsafePointer<Float>, stride: Int, rows: Int, into target: Matrix, _ kernels: Kernels
  ) {
    let inverse = 1 / scale
    let table = kernels.table.pointee
    means.withUnsafeBufferPointer { means in
      guard let means = means.baseAddress else { return }
      for r in 0..<rows {
        let row = target.row(r)
        table.add_scaled(x + r * stride, -1, means, row, values)
        table.scale(row, inverse, row, values)
      }
    }
  }

  /// The output rule's bounds of each value in units of standardized samples; nil where there are none, or where
  /// the network does not work on values.
  func standardizedBounds() -> (low: FloatBuffer, high: FloatBuffer)? {
    guard front == nil, output.lowest > -.infinity || output.highest < .infinity else { return nil }
    let inverse = 1 / scale
    let (low, high) = (FloatBuffer(count: paddedToPanels(values)), FloatBuffer(count: paddedToPanels(values)))
    for i in 0..<values {
      low.pointer[i] = (output.lowest - means[i]) * inverse
      high.pointer[i] = (output.highest - means[i]) * inverse
    }
    return (low, high)
  }
}
