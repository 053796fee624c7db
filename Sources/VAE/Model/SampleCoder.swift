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
  /// rows x values (or front components): the standardized samples, the reconstruction, what is left.
  private let target: Matrix
  private let reconstruction: Matrix
  private let residual: Matrix
  /// rows x values, where the model has a front basis.
  private let wide: Matrix?
  private let wideResidual: Matrix?
  private let coefficients: [(values: Matrix, change: Matrix)?]

  /// - Parameter blockRows: rows at once: more is faster up to about 256, and takes more memory.
  public init(_ model: Model, at point: OperatingPoint, blockRows: Int = 128, kernels: Kernels) {
    precondition(model.accepts(point) && blockRows > 0)
    self.model = model
    self.point = point
    self.kernels = kernels
    self.blockRows = blockRows
    let width = model.front?.synthesis.shape.inputs ?? model.values
    target = Matrix(rows: blockRows, columns: width)
    reconstruction = Matrix(rows: blockRows, columns: width)
    residual = Matrix(rows: blockRows, columns: width)
    wide = model.front == nil ? nil : Matrix(rows: blockRows, columns: model.values)
    wideResidual = model.front == nil ? nil : Matrix(rows: blockRows, columns: model.values)
    coefficients = zip(model.layers, point.steps).map { layer, step in
      guard step > 0 else { return nil }
      return (
        Matrix(rows: blockRows, columns: layer.components), Matrix(rows: blockRows, columns: layer.components)
      )
    }
    if let network = model.network, let part = point.network {
      let pass = Pass(
        rows: blockRows, network.parameters, inverseDeviation: network.inverseDeviation, kernels: kernels)
      for r in 0..<blockRows { pass.condition(row: r, u: part.quality, step: part.step) }
      pass.forwardScales(0..<blockRows)
      self.pass = pass
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
  ///   - planeStride: symbols from one plane to the next.
  public func encode(
    _ samples: UnsafeBufferPointer<Float>, rows: Int, symbols: UnsafeMutablePointer<Int32>, planeStride: Int
  ) {
    precondition(rows <= blockRows && samples.count == rows * model.values)
    let all = 0..<rows
    let table = kernels.table.pointee
    standardize(samples, rows)
    var plane = 0
    clear(reconstruction, rows)
    if let pass {
      pass.input.row(0).update(from: target.row(0), count: rows * target.stride)
      pass.forwardEncoder(all)
      table.round(pass.latents.row(0), pass.symbols.row(0), rows * pass.symbols.stride)
      limit(pass.symbols, rows)
      plane = emit(pass.symbols, rows, plane, symbols, planeStride)
      pass.forwardDecoder(all)
      reconstruction.row(0).update(from: pass.output.row(0), count: rows * reconstruction.stride)
    }
    for (i, layer) in model.layers.enumerated() {
      guard let (values, change) = coefficients[i] else { continue }
      let (goal, reached, left) = stage(layer)
      table.add_scaled(goal.row(0), -1, reached.row(0), left.row(0), rows * left.stride)
      layer.analyze(left, all, into: values, change: change, kernels: kernels)
      table.scale(values.row(0), 1 / point.steps[i], values.row(0), rows * values.stride)
      table.round(values.row(0), values.row(0), rows * values.stride)
      limit(values, rows)
      plane = emit(values, rows, plane, symbols, planeStride)
      table.scale(values.row(0), point.steps[i], values.row(0), rows * values.stride)
      layer.synthesize(values, all, onto: reached, kernels: kernels)
    }
  }

  /// Decodes what ``encode(_:rows:symbols:planeStride:)`` made, into the data's units.
  ///
  /// - Parameter samples: rows x values; overwritten. Not rounded or clipped.
  public func decode(
    _ symbols: UnsafePointer<Int32>, planeStride: Int, rows: Int, into samples: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(rows <= blockRows && samples.count == rows * model.values)
    let all = 0..<rows
    let table = kernels.table.pointee
    var plane = 0
    clear(reconstruction, rows)
    if let pass {
      plane = take(pass.symbols, rows, plane, symbols, planeStride)
      pass.forwardDecoder(all)
      reconstruction.row(0).update(from: pass.output.row(0), count: rows * reconstruction.stride)
    }
    wideIsCurrent = false
    for (i, layer) in model.layers.enumerated() {
      guard let (values, _) = coefficients[i] else { continue }
      let reached = stage(layer).reached
      plane = take(values, rows, plane, symbols, planeStride)
      table.scale(values.row(0), point.steps[i], values.row(0), rows * values.stride)
      layer.synthesize(values, all, onto: reached, kernels: kernels)
    }
    let final = wideReconstruction(rows)
    guard let base = samples.baseAddress else { return }
    model.means.withUnsafeBufferPointer { means in
      guard let means = means.baseAddress else { return }
      for r in 0..<rows {
        table.add_scaled(means, model.scale, final.row(r), base + r * model.values, model.values)
      }
    }
  }

  /// Whether the reconstruction has been carried from the front's space to that of values.
  private var wideIsCurrent = false
  private var rowsInBlock = 0

  private func standardize(_ samples: UnsafeBufferPointer<Float>, _ rows: Int) {
    let table = kernels.table.pointee
    let inverse = 1 / model.scale
    let full = wide ?? target
    wideIsCurrent = false
    rowsInBlock = rows
    guard let base = samples.baseAddress else { return }
    model.means.withUnsafeBufferPointer { means in
      guard let means = means.baseAddress else { return }
      for r in 0..<rows {
        let row = full.row(r)
        table.add_scaled(base + r * model.values, -1, means, row, model.values)
        table.scale(row, inverse, row, model.values)
      }
    }
    if let front = model.front, let wide {
      kernels.product(0..<rows, wide, front.analysis.buffer.pointer, front.analysis.shape, into: target)
    }
  }

  /// What a layer has to reach, what is reached so far, and room for the difference: in the front's space, or, for a
  /// layer over all values of a model with a front, in that of values.
  private func stage(_ layer: ResidualLayer) -> (goal: Matrix, reached: Matrix, left: Matrix) {
    guard let wide, let wideResidual, layer.values == model.values, layer.values != target.columns else {
      return (target, reconstruction, residual)
    }
    // `wide` holds the samples, `wideResidual` what is reached; the difference may overwrite the samples, since a
    // layer over all values is the last.
    _ = wideReconstruction(blockRows)
    return (wide, wideResidual, wide)
  }

  private func wideReconstruction(_ rows: Int) -> Matrix {
    guard let front = model.front, let wideResidual else { return reconstruction }
    if !wideIsCurrent {
      kernels.product(
        0..<rows, reconstruction, front.synthesis.buffer.pointer, front.synthesis.shape, into: wideResidual)
      wideIsCurrent = true
    }
    return wideResidual
  }

  private func clear(_ matrix: Matrix, _ rows: Int) {
    matrix.row(0).update(repeating: 0, count: rows * matrix.stride)
  }

  private func limit(_ matrix: Matrix, _ rows: Int) {
    let p = matrix.row(0)
    for i in 0..<rows * matrix.stride {
      p[i] = max(-Self.largestSymbol, min(Self.largestSymbol, p[i]))
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
