import Tensor
import VAEModel

/// Codes by the network alone: standardized rows to symbols and reconstructions.
package struct NetworkCoder {
  private let pass: NetworkActivations
  private let bounds: (low: FloatBuffer, high: FloatBuffer)?

  /// Creates a coder for blocks of at most `rows` rows.
  package init(_ model: Model, _ part: OperatingPoint.Network, rows: Int, kernels: Kernels) {
    guard let network = model.network else { preconditionFailure("the model has no network") }
    pass = NetworkActivations(rows: rows, network, at: part, kernels: kernels)
    bounds = model.standardizedBounds()
  }

  /// The symbols of the last coded rows.
  package var symbols: Matrix { pass.symbols }

  /// Codes rows `range` of `x`, and writes their reconstructions to the same rows of `reached`.
  package func run(_ x: Matrix, _ range: Range<Int>, into reached: Matrix) {
    let all = 0..<range.count
    let table = pass.kernels.table.pointee
    pass.input.row(0).update(from: x.row(range.lowerBound), count: range.count * x.stride)
    pass.forwardEncoder(all)
    table.round(pass.latents.row(0), pass.symbols.row(0), range.count * pass.symbols.stride)
    pass.forwardDecoder(all, within: bounds)
    for (i, r) in range.enumerated() { reached.row(r).update(from: pass.output.row(i), count: x.columns) }
  }
}

extension Model {
  /// The network's reconstruction of standardized rows from quantized latents.
  package func reconstruct(
    _ x: Matrix, at part: OperatingPoint.Network, _ kernels: Kernels, _ workers: Workers
  ) -> Matrix {
    let reached = Matrix(rows: x.rows, columns: x.columns)
    workers.forEachBlock(of: x.rows) { _, rows in
      NetworkCoder(self, part, rows: rows.count, kernels: kernels).run(x, rows, into: reached)
    }
    return reached
  }

  /// A reconstruction in the data's units, clamped to bounds but not rounded: the base of the value layer. Rows x
  /// values, without padding.
  package func dataUnits(_ reached: Matrix, _ kernels: Kernels) -> [Float] {
    let wide = inputProjection == nil ? nil : Matrix(rows: reached.rows, columns: values)
    return [Float](unsafeUninitializedCapacity: reached.rows * values) { result, count in
      finish(reached, rows: reached.rows, wide: wide, into: result, isWhole: false, kernels)
      count = reached.rows * values
    }
  }
}
