import CKernels

/// Turns samples into symbols and back, for one model at one operating point.
///
/// It owns the activations of one block of rows and allocates nothing afterwards. A row's symbols, and a row's
/// reconstruction, do not depend on the rows beside it.
public final class SampleCoder {
  /// Rows it works on at once.
  public let blockRows: Int
  private let effort: Effort
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
  /// The search for latents, and what judges its results; made as the choices are.
  private lazy var searching: (search: LatentSearch, judge: RowCost?)? = {
    guard let pass, let limits = effort.search else { return nil }
    let last = point.steps.lastIndex { $0 > 0 }
    let leftover = LeftoverCost(
      model, at: point, rows: blockRows, last: last.map { (scales[$0], choices[$0]) }, bounds: bounds,
      kernels: kernels)
    guard let leftover else { return nil }
    let latents = SymbolChoice(model.latentWeights(at: point, kernels: kernels))
    let search = LatentSearch(pass, limits, leftover: leftover, choice: latents)
    let judge = leftover.isExact ? nil : RowCost(model, at: point, latents, rows: blockRows, kernels: kernels)
    return (search, judge)
  }()
  /// Whether ``reconstruction`` is what the network and the layers make of the block that was encoded last.
  private var hasBase = false
  /// Bounds of each standardized value, where the output rule has any and the network works on values.
  private let bounds: (low: FloatBuffer, high: FloatBuffer)?

  /// - Parameters:
  ///   - blockRows: rows at once: more is faster up to about 256, and takes more memory.
  ///   - effort: for encoding alone.
  public init(
    _ model: Model, at point: OperatingPoint, blockRows: Int = 128, effort: Effort = .standard,
    kernels: Kernels
  ) {
    precondition(model.accepts(point) && blockRows > 0)
    self.effort = effort
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
    standardize(samples, rows)
    if let pass {
      pass.input.row(0).update(from: target.row(0), count: rows * target.stride)
      pass.forwardEncoder(0..<rows)
      kernels.table.pointee.round(pass.latents.row(0), pass.symbols.row(0), rows * pass.symbols.stride)
      limit(pass.symbols, rows)
      if let (search, judge) = searching { improve(pass, samples, rows, by: search, judge) }
      _ = emit(pass.symbols, rows, 0, symbols, planeStride)
    }
    hasBase = false
    guard coefficients.contains(where: { $0 != nil }) else { return }
    encodeLayers(rows, symbols, levels, planeStride)
  }

  /// Codes what the symbols in the pass leave by the layers.
  private func encodeLayers(
    _ rows: Int, _ symbols: UnsafeMutablePointer<Int32>, _ levels: UnsafeMutablePointer<UInt8>,
    _ planeStride: Int
  ) {
    let table = kernels.table.pointee
    var plane = pass?.symbols.columns ?? 0
    reconstructNetwork(rows)
    let latents = plane
    var firstLevel = 0
    for (i, layer) in model.layers.enumerated() {
      guard let (values, change) = coefficients[i] else { continue }
      table.add_scaled(target.row(0), -1, reconstruction.row(0), residual.row(0), rows * residual.stride)
      layer.analyze(residual, 0..<rows, into: values, change: change, kernels: kernels)
      table.scale(values.row(0), 1 / point.steps[i], values.row(0), rows * values.stride)
      choose(
        values, rows, layer: i, firstLevel: firstLevel,
        levels: levels + (plane - latents) * planeStride, planeStride)
      firstLevel += layer.levels
      plane = emit(values, rows, plane, symbols, planeStride)
      table.scale(values.row(0), point.steps[i], values.row(0), rows * values.stride)
      layer.synthesize(values, 0..<rows, onto: reconstruction, kernels: kernels)
    }
    hasBase = true
  }

  /// Searches for better symbols than those in `pass`, and takes a row's where they are better in truth.
  private func improve(
    _ pass: Pass, _ samples: UnsafeBufferPointer<Float>, _ rows: Int, by search: LatentSearch,
    _ judge: RowCost?
  ) {
    guard let judge else {
      _ = search.run(target, rows: rows)
      return
    }
    let nearest = pass.symbols.copy(rows: 0..<rows)
    guard search.run(target, rows: rows) else { return }
    let found = cost(samples, rows, judge)
    let better = pass.symbols.copy(rows: 0..<rows)
    pass.symbols.row(0).update(from: nearest.row(0), count: rows * nearest.stride)
    for (r, cost) in cost(samples, rows, judge).enumerated() where found[r] < cost {
      pass.symbols.row(r).update(from: better.row(r), count: better.stride)
    }
  }

  /// What the symbols in the pass cost, with all that is coded after them.
  private func cost(_ samples: UnsafeBufferPointer<Float>, _ rows: Int, _ judge: RowCost) -> [Float] {
    let planes = model.planes(at: point)
    var symbols = [Int32](repeating: 0, count: planes * rows)
    var levels = [UInt8](repeating: 0, count: max(1, planes * rows))
    var base = [Float](repeating: 0, count: samples.count)
    symbols.withUnsafeMutableBufferPointer { symbols in
      guard let first = symbols.baseAddress, let pass else { return }
      _ = emit(pass.symbols, rows, 0, first, rows)
      encodeLayers(rows, first, &levels, rows)
    }
    base.withUnsafeMutableBufferPointer { finish(rows, into: $0, asBase: point.valueStep > 0) }
    return judge.costs(samples, base: base, symbols: symbols, levels: levels, rows: rows)
  }

  /// What the block that was encoded last is the base of, for a value layer: what
  /// ``decode(_:planeStride:rows:into:asBase:)`` makes of its symbols.
  public func lastBase(rows: Int, into samples: UnsafeMutableBufferPointer<Float>) {
    precondition(rows <= blockRows && samples.count == rows * model.values)
    if !hasBase { reconstructNetwork(rows) }
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
      scale.forEach(first: matrix.columns) { c, level in
        // In this order, what is no number becomes the largest.
        let x = max(-Self.largestSymbol, min(Self.largestSymbol, row[c]))
        row[c] = effort.chooses ? choice(x, table: level) : x.rounded(.toNearestOrEven)
        levels[c * planeStride + r] = UInt8(level + firstLevel)
        return row[c].magnitude
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
