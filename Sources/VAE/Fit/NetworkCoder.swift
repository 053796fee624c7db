/// The network alone: standardized rows to symbols and reconstructions.
struct NetworkCoder {
  private let pass: Pass
  private let bounds: (low: FloatBuffer, high: FloatBuffer)?

  init(_ model: Model, _ part: OperatingPoint.Network, rows: Int, kernels: Kernels) {
    guard let network = model.network else { preconditionFailure("the model has no network") }
    pass = Pass(rows: rows, network, at: part, kernels: kernels)
    bounds = model.standardizedBounds()
  }

  /// Symbols of the rows coded last.
  var symbols: Matrix { pass.symbols }

  /// Codes rows `range` of `x`, and writes their reconstructions to the same rows of `reached`.
  func run(_ x: Matrix, _ range: Range<Int>, into reached: Matrix) {
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
