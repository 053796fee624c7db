import CKernels
import Tensor
import VAEModel

/// Backpropagation through a decoder: from the gradient with respect to its output to that with respect to the symbols
/// of its latents.
struct DecoderGradient {
  private let pass: NetworkActivations
  /// rows x width: the gradient with respect to the output; set it first.
  let output: Matrix
  /// rows x latents: the gradient with respect to the symbols.
  package let symbols: Matrix
  private let normalized: Matrix
  private let hidden: [Matrix]
  /// The transposes of the decoder's weights.
  private let linear: Weights
  private let last: Weights
  private let weights: [Weights]

  /// - Parameter pass: run it forward before calling ``backward(_:)``.
  init(_ pass: NetworkActivations) {
    let path = pass.architecture.decoder
    let rows = pass.output.rows
    self.pass = pass
    output = Matrix(rows: rows, columns: pass.architecture.values)
    symbols = Matrix(rows: rows, columns: pass.architecture.latents)
    normalized = Matrix(rows: rows, columns: pass.architecture.latents)
    hidden = path.hidden.map { Matrix(rows: rows, columns: $0.weight.shape.outputs) }
    func transposed(_ entry: Architecture.Entry) -> Weights {
      Weights(transposing: pass.parameters.pointer(entry), entry.shape, pass.kernels)
    }
    linear = transposed(path.linear.weight)
    last = transposed(path.last)
    weights = path.hidden.map { transposed($0.weight) }
  }

  /// symbols = (d output / d symbols)^T output, for rows of a pass that has been run forward.
  ///
  /// - Parameter kept: the rows of the pass that rows 0, 1, ... of ``output`` belong to, ascending. The activations of
  ///   the other rows are lost.
  func backward(_ kept: [Int]) {
    let kernels = pass.kernels
    let table = kernels.table.pointee
    let rows = 0..<kept.count
    for before in pass.decoderBefore { before.moveToFront(kept) }
    if let logistic = pass.logistic {
      pass.output.moveToFront(kept)
      for r in rows { logistic.applySlope(at: pass.output.row(r), to: output.row(r)) }
    }
    func product(_ dy: Matrix, _ w: Weights, into dx: Matrix, slopeAt before: Matrix? = nil) {
      kernels.product(
        rows, Kernels.Term(dy, w.buffer.pointer, w.shape), into: dx, pass.architecture.activation,
        slopeAt: before)
    }
    var (above, weight) = (output, last)
    for i in hidden.indices.reversed() {
      product(above, weight, into: hidden[i], slopeAt: pass.decoderBefore[i])
      (above, weight) = (hidden[i], weights[i])
    }
    product(above, weight, into: normalized)
    product(output, linear, into: symbols)
    for r in rows {
      // symbols = scale * (linear path + inverse deviation * hidden path)
      let (d, n) = (symbols.row(r), normalized.row(r))
      table.multiply(n, pass.inverseDeviation.pointer, n, normalized.stride)
      table.add_scaled(d, 1, n, d, symbols.stride)
      table.multiply(d, pass.decoderScale.row(r), d, symbols.stride)
    }
  }
}
