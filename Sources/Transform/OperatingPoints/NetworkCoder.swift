import Tensor
import VAEModel

/// The network alone: standardized rows to symbols and reconstructions.
package struct NetworkCoder {
  private let pass: Pass
  private let bounds: (low: FloatBuffer, high: FloatBuffer)?

  package init(_ model: Model, _ part: OperatingPoint.Network, rows: Int, kernels: Kernels) {
    guard let network = model.network else { preconditionFailure("the model has no network") }
    pass = Pass(rows: rows, network, at: part, kernels: kernels)
    bounds = model.standardizedBounds()
  }

  /// Symbols of the rows coded last.
  package var symbols: Matrix { pass.symbols }

  /// Codes rows `range` of `x`, and writes their reconstructions to the same rows of `reached`.
  package func run(_ x: Matrix, _ range: Range<Int>, into reached: Matrix) {
    let all = 0..<range.count
    let table = pass.kernels.table.pointee
    pass.input.row(0).update(from: x.row(range.lowerBound), count: range.count * x.stride)
    pass.forwardEncoder(all)
    table.round(pass.latents.row(0), pass.symbols.row(0), range.count * pass.symbols.stride)
    pass.forwardDecoder(all)
    for (i, r) in range.enumerated() {
      if let bounds {
        table.clip(
          pass.output.row(i), bounds.low.pointer, bounds.high.pointer, reached.row(r), x.columns)
      } else {
        reached.row(r).update(from: pass.output.row(i), count: x.columns)
      }
    }
  }
}

extension Model {
  /// The network's reconstruction of standardized rows, with rounded latents.
  package func reconstruct(
    _ x: Matrix, at part: OperatingPoint.Network, _ kernels: Kernels, _ workers: Workers
  ) -> Matrix {
    let reached = Matrix(rows: x.rows, columns: x.columns)
    workers.forEachBlock(of: x.rows) { _, rows in
      NetworkCoder(self, part, rows: rows.count, kernels: kernels).run(x, rows, into: reached)
    }
    return reached
  }

  /// A reconstruction in the data's units, within bounds, not rounded: the base of the value layer.
  package func dataUnits(_ reached: Matrix, _ kernels: Kernels, _ workers: Workers) -> Matrix {
    let wide = front.map { reached.times($0.synthesis, kernels, workers) } ?? reached
    let result = Matrix(rows: wide.rows, columns: wide.columns)
    var rule = OutputRule(lowest: output.lowest, highest: output.highest).kernelRule
    means.withUnsafeBufferPointer { means in
      guard let means = means.baseAddress else { return }
      for r in 0..<wide.rows {
        let row = result.row(r)
        kernels.table.pointee.add_scaled(means, scale, wide.row(r), row, values)
        kernels.table.pointee.apply_rule(row, &rule, row, values)
      }
    }
    return result
  }
}
