import CKernels
import Tensor
import VAEModel

/// Converts samples to symbols and back, for one model at one operating point.
///
/// It owns the activations of one block of rows, and allocates nothing afterwards. A row's symbols and reconstruction
/// do not depend on other rows.
package final class SampleCoder {
  /// The number of rows processed at once.
  package let blockRows: Int
  private let effort: Effort
  private let model: Model
  private let point: OperatingPoint
  private let kernels: Kernels
  private let pass: NetworkActivations?
  /// rows x width: the standardized samples, the reconstruction and the residual.
  private let target: Matrix
  private let reconstruction: Matrix
  private let residual: Matrix
  /// rows x values, if the model has an input projection.
  private let wide: Matrix?
  private let coefficients: [(values: Matrix, change: Matrix)?]
  private let scales: [AdaptiveScale]
  /// For encoding, created on first use: the quantizer with the tables of the levels.
  private lazy var choices = zip(model.layers, point.steps).map { layer, step in
    RDOQuantizer(step > 0 ? layer.symbolWeights(step: step, kernels) : [])
  }
  /// The search for latents; and the judge of its results, with room for two trials, if the search does not know their
  /// exact cost. Created on first use.
  private lazy var searching: (search: LatentSearch, judge: Judge?)? = {
    guard let pass, let limits = effort.search else { return nil }
    let last = point.steps.lastIndex { $0 > 0 }
    let leftover = ResidualRateModel(
      model, at: point, rows: blockRows, last: last.map { (scales[$0], choices[$0]) }, bounds: bounds,
      kernels: kernels)
    guard let leftover else { return nil }
    let latents = RDOQuantizer(model.latentWeights(at: point, kernels: kernels))
    let search = LatentSearch(
      pass, limits, leftover: leftover, choice: latents, keepsOutputs: !leftover.isExact)
    if leftover.isExact { return (search, nil) }
    let cost = RowCost(model, at: point, latents, effort: effort, rows: blockRows, kernels: kernels)
    return (search, (cost, cost.makeRows(blockRows), cost.makeRows(blockRows)))
  }()
  private typealias Judge = (cost: RowCost, found: CodedRows, nearest: CodedRows)
  /// The last encoded block, if a judge has evaluated it.
  private var judged: CodedRows?
  /// Whether ``reconstruction`` is that of the network and the layers for the last encoded block.
  private var hasBase = false
  /// The bounds of each standardized value, if the output rule has any and the network works on values.
  private let bounds: (low: FloatBuffer, high: FloatBuffer)?

  /// - Parameters:
  ///   - blockRows: the number of rows at once. More is faster up to about 256, and takes more memory.
  ///   - effort: for encoding only.
  package init(
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
    wide = model.inputProjection == nil ? nil : Matrix(rows: blockRows, columns: model.values)
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
      pass = NetworkActivations(rows: blockRows, network, at: part, kernels: kernels)
    } else {
      pass = nil
    }
  }

  /// The limit of symbols, so that they fit 32 bits; only absurd input reaches it.
  private static let largestSymbol: Float = 0x1p30

  /// Encodes `samples` (in the data's units, rows x values, at most ``blockRows`` rows).
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the symbol of plane p and row r goes to symbols[p * planeStride + r].
  ///   - levels: the same for the planes after the latents': the level that selects the symbol's table.
  ///   - planeStride: the number of symbols from one plane to the next.
  package func encode(
    _ samples: UnsafeBufferPointer<Float>, rows: Int, symbols: UnsafeMutablePointer<Int32>,
    levels: UnsafeMutablePointer<UInt8>, planeStride: Int
  ) {
    precondition(rows <= blockRows && samples.count == rows * model.values)
    model.prepare(samples, rows: rows, wide: wide, into: target, kernels)
    judged = nil
    hasBase = false
    if let pass {
      pass.input.row(0).update(from: target.row(0), count: rows * target.stride)
      pass.forwardEncoder(0..<rows)
      kernels.table.pointee.round(pass.latents.row(0), pass.symbols.row(0), rows * pass.symbols.stride)
      limit(pass.symbols, rows)
      if let (search, judge) = searching { judged = improve(pass, samples, rows, by: search, judge) }
      pass.symbols.writePlanes(rows, to: symbols, planeStride: planeStride)
    }
    let latents = pass?.symbols.columns ?? 0
    if let judged {
      judged.copy(
        planes: 0..<coefficientPlanes, rows: rows, to: symbols + latents * planeStride, levels,
        planeStride: planeStride)
    } else if coefficientPlanes > 0 {
      reconstructNetwork(rows)
      encodeLayers(rows, symbols + latents * planeStride, levels, planeStride)
      hasBase = true
    }
  }

  /// The number of planes of coefficients.
  private var coefficientPlanes: Int { coefficients.reduce(0) { $0 + ($1?.values.columns ?? 0) } }

  /// Codes the residual of ``reconstruction`` by the layers, and adds their reconstruction.
  private func encodeLayers(
    _ rows: Int, _ symbols: UnsafeMutablePointer<Int32>, _ levels: UnsafeMutablePointer<UInt8>,
    _ planeStride: Int
  ) {
    let table = kernels.table.pointee
    var (plane, firstLevel) = (0, 0)
    for (i, layer) in model.layers.enumerated() {
      guard let (values, change) = coefficients[i] else { continue }
      table.add_scaled(target.row(0), -1, reconstruction.row(0), residual.row(0), rows * residual.stride)
      layer.analyze(residual, 0..<rows, into: values, change: change, kernels: kernels)
      table.scale(values.row(0), 1 / point.steps[i], values.row(0), rows * values.stride)
      choose(
        values, rows, layer: i, firstLevel: UInt8(firstLevel), symbols: symbols + plane * planeStride,
        levels: levels + plane * planeStride, planeStride)
      firstLevel += layer.levels
      plane += values.columns
      table.scale(values.row(0), point.steps[i], values.row(0), rows * values.stride)
      layer.synthesize(values, 0..<rows, onto: reconstruction, kernels: kernels)
    }
  }

  /// Searches for better symbols than those in `pass`, and takes a row's if they are really better.
  ///
  /// - Returns: the rows with everything after their latents, if `judge` was used.
  private func improve(
    _ pass: NetworkActivations, _ samples: UnsafeBufferPointer<Float>, _ rows: Int, by search: LatentSearch,
    _ judge: Judge?
  ) -> CodedRows? {
    guard let judge, let outputs = search.outputs else {
      _ = search.run(target, rows: rows)
      return nil
    }
    let nearest = pass.symbols.copy(rows: 0..<rows)
    guard search.run(target, rows: rows) else { return nil }
    code(outputs.best, samples, rows, by: judge.cost, into: judge.found)
    let found = pass.symbols.copy(rows: 0..<rows)
    pass.symbols.row(0).update(from: nearest.row(0), count: rows * nearest.stride)
    code(outputs.first, samples, rows, by: judge.cost, into: judge.nearest)
    var kept: [Int] = []
    for r in 0..<rows {
      if judge.found.costs[r] < judge.nearest.costs[r] {
        pass.symbols.row(r).update(from: found.row(r), count: found.stride)
      } else {
        kept.append(r)
      }
    }
    judge.found.take(kept, from: judge.nearest)
    return judge.found
  }

  /// Codes the residual of the network's `output` for the symbols in the pass, and computes the costs of the rows.
  private func code(
    _ output: Matrix, _ samples: UnsafeBufferPointer<Float>, _ rows: Int, by cost: RowCost,
    into coded: CodedRows
  ) {
    reconstruction.row(0).update(from: output.row(0), count: rows * reconstruction.stride)
    coded.symbols.withUnsafeMutableBufferPointer { symbols in
      coded.levels.withUnsafeMutableBufferPointer { levels in
        guard let symbols = symbols.baseAddress, let levels = levels.baseAddress else { return }
        encodeLayers(rows, symbols, levels, coded.stride)
      }
    }
    coded.base.withUnsafeMutableBufferPointer {
      finish(rows, into: UnsafeMutableBufferPointer(rebasing: $0[..<samples.count]), asBase: true)
    }
    cost.finish(coded, samples, latents: pass?.symbols, rows: rows)
  }

  /// Copies the symbols of the value layer for the last encoded block, if the search has tried them.
  ///
  /// - Parameters:
  ///   - symbols: plane-major; only those of values.
  ///   - levels: among all levels of the point, as those of coefficients are.
  /// - Returns: whether they were known; otherwise a ``ValueCoder`` determines them, from ``lastBase(rows:into:)``.
  package func copyLastValues(
    rows: Int, symbols: UnsafeMutablePointer<Int32>, levels: UnsafeMutablePointer<UInt8>, planeStride: Int
  ) -> Bool {
    guard let judged, point.valueStep > 0 else { return false }
    judged.copy(
      planes: coefficientPlanes..<coefficientPlanes + model.values, rows: rows, to: symbols, levels,
      planeStride: planeStride)
    return true
  }

  /// Writes the base of a value layer for the last encoded block: what ``decode(_:planeStride:rows:into:asBase:)``
  /// returns for its symbols.
  package func lastBase(rows: Int, into samples: UnsafeMutableBufferPointer<Float>) {
    precondition(rows <= blockRows && samples.count == rows * model.values)
    if let judged {
      judged.base.withUnsafeBufferPointer {
        _ = samples.update(fromContentsOf: UnsafeBufferPointer(rebasing: $0[..<samples.count]))
      }
      return
    }
    if !hasBase { reconstructNetwork(rows) }
    finish(rows, into: samples, asBase: true)
  }

  /// Decodes the output of ``encode(_:rows:symbols:levels:planeStride:)``, into the data's units.
  ///
  /// - Parameters:
  ///   - samples: rows x values; overwritten.
  ///   - asBase: whether a value layer follows, so that integers are not rounded.
  package func decode(
    _ symbols: UnsafePointer<Int32>, planeStride: Int, rows: Int,
    into samples: UnsafeMutableBufferPointer<Float>,
    asBase: Bool
  ) {
    precondition(rows <= blockRows && samples.count == rows * model.values)
    let table = kernels.table.pointee
    var next = symbols
    if let pass {
      pass.symbols.readPlanes(rows, from: next, planeStride: planeStride)
      next += pass.symbols.columns * planeStride
    }
    reconstructNetwork(rows)
    for (i, layer) in model.layers.enumerated() {
      guard let (values, _) = coefficients[i] else { continue }
      values.readPlanes(rows, from: next, planeStride: planeStride)
      next += values.columns * planeStride
      table.scale(values.row(0), point.steps[i], values.row(0), rows * values.stride)
      layer.synthesize(values, 0..<rows, onto: reconstruction, kernels: kernels)
    }
    finish(rows, into: samples, asBase: asBase)
  }

  /// reconstruction = the network's output for its symbols, clamped to bounds; 0 (the mean) without a network.
  private func reconstructNetwork(_ rows: Int) {
    guard let pass else {
      reconstruction.row(0).update(repeating: 0, count: rows * reconstruction.stride)
      return
    }
    pass.forwardDecoder(0..<rows, within: bounds)
    reconstruction.row(0).update(from: pass.output.row(0), count: rows * reconstruction.stride)
  }

  private func finish(_ rows: Int, into samples: UnsafeMutableBufferPointer<Float>, asBase: Bool) {
    model.finish(reconstruction, rows: rows, wide: wide, into: samples, isWhole: !asBase, kernels)
  }

  private func limit(_ matrix: Matrix, _ rows: Int) {
    let p = matrix.row(0)
    for i in 0..<rows * matrix.stride {
      p[i] = max(-Self.largestSymbol, min(Self.largestSymbol, p[i]))
    }
  }

  /// Quantizes a layer's coefficients, which are in units of the step, in place; writes the symbols and their levels.
  private func choose(
    _ matrix: Matrix, _ rows: Int, layer: Int, firstLevel: UInt8, symbols: UnsafeMutablePointer<Int32>,
    levels: UnsafeMutablePointer<UInt8>, _ planeStride: Int
  ) {
    let (start, stride) = (matrix.row(0), matrix.stride)
    let chooses = effort.chooses
    choices[layer].withTables { tables in
      scales[layer].forEach(first: matrix.columns, rows: rows) { r, c, level in
        // NaN fails this comparison and becomes the largest symbol.
        let x = max(-Self.largestSymbol, min(Self.largestSymbol, start[r &* stride &+ c]))
        let symbol = chooses ? tables.symbol(x, Int(level)) : x.roundedToEven
        start[r &* stride &+ c] = symbol
        symbols[c &* planeStride &+ r] = Int32(symbol)
        levels[c &* planeStride &+ r] = level &+ firstLevel
        return symbol.magnitude
      }
    }
  }
}
