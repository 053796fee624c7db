import CKernels

/// The shape of a weight matrix, inputs x outputs, stored in panels of 32 outputs (see `CKernels.h`).
package struct WeightShape: Equatable, Sendable {
  package let inputs: Int
  package let outputs: Int

  package init(inputs: Int, outputs: Int) {
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Panels of outputs.
  package var panels: Int { (outputs + panelWidth - 1) / panelWidth }
  /// Numbers stored, padding included.
  package var count: Int { panels * inputs * panelWidth }

  /// Where element (i, j) is.
  @inlinable
  package func index(_ i: Int, _ j: Int) -> Int {
    (j / panelWidth * inputs + i) * panelWidth + j % panelWidth
  }

  /// The matrix `values`, inputs x outputs row major, in panels.
  package func pack(
    _ values: (_ input: Int, _ output: Int) -> Float, into target: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<inputs { for j in 0..<outputs { target[index(i, j)] = values(i, j) } }
  }
}

/// A weight matrix of its own: a fixed linear map such as a basis.
package struct Weights: Sendable {
  package let shape: WeightShape
  package let buffer: FloatBuffer

  /// Zeros.
  package init(_ shape: WeightShape) {
    self.shape = shape
    buffer = FloatBuffer(count: shape.count)
  }

  /// The matrix with `rows.rows` inputs, whose outputs are the columns of `rows`.
  package init(_ rows: Matrix) {
    self.init(WeightShape(inputs: rows.rows, outputs: rows.columns))
    shape.pack({ rows[$0, $1] }, into: buffer.pointer)
  }

  /// The transpose.
  package func transposed(_ kernels: Kernels) -> Weights {
    Weights(transposing: buffer.pointer, shape, kernels)
  }

  /// The transpose of weights in panels, of `shape`.
  package init(transposing weights: UnsafePointer<Float>, _ shape: WeightShape, _ kernels: Kernels) {
    self.init(WeightShape(inputs: shape.outputs, outputs: shape.inputs))
    kernels.table.pointee.transpose(
      weights, shape.inputs, shape.outputs, 0, shape.panels, buffer.pointer)
  }
}

extension Kernels {
  /// What an output of a product starts from.
  package enum Start {
    case zero
    case output
    case bias(UnsafePointer<Float>)
  }

  /// One term x W of a product, for weights in panels.
  package struct Term {
    /// batch x shape.inputs.
    let x: Matrix
    package let weights: UnsafePointer<Float>
    package let shape: WeightShape

    package init(_ x: Matrix, _ weights: UnsafePointer<Float>, _ shape: WeightShape) {
      self.x = x
      self.weights = weights
      self.shape = shape
    }

    fileprivate func term(_ rows: Range<Int>) -> vaec_term {
      vaec_term(
        inner: shape.inputs, a: UnsafePointer(x.row(rows.lowerBound)), a_row: x.stride, a_column: 1,
        b: weights,
        b_panel: shape.inputs * panelWidth, b_row: panelWidth)
    }
  }

  /// y[rows] = start + x[rows] W, for weights in panels.
  ///
  /// - Parameters:
  ///   - rows: the rows of `x` and `y` to work on.
  ///   - x: batch x shape.inputs.
  ///   - y: batch x shape.outputs; whole panels are written.
  package func product(
    _ rows: Range<Int>, _ x: Matrix, _ weights: UnsafePointer<Float>, _ shape: WeightShape, into y: Matrix,
    from start: Start = .zero
  ) {
    product(rows, Term(x, weights, shape), into: y, from: start)
  }

  /// y[rows] = start + the terms in their order: each row's sums are the same as those of one product after another.
  ///
  /// - Parameters:
  ///   - rows: the rows of all matrices to work on.
  ///   - y: batch x the terms' outputs; whole panels are written.
  ///   - activation: what `activated` and `before` are about.
  ///   - activated: where the activation of `y` goes, too.
  ///   - before: where `y` is to be multiplied by the slope of the activation, its arguments.
  package func product(
    _ rows: Range<Int>, _ first: Term, _ second: Term? = nil, _ third: Term? = nil, into y: Matrix,
    from start: Start = .zero, _ activation: Activation = .hardSwish, activated: Matrix? = nil,
    slopeAt before: Matrix? = nil
  ) {
    guard !rows.isEmpty else { return }
    var p = vaec_product()
    p.rows = rows.count
    p.panels = first.shape.panels
    p.terms.0 = first.term(rows)
    p.term_count = 1
    if let second {
      p.terms.1 = second.term(rows)
      p.term_count = 2
    }
    if let third {
      p.terms.2 = third.term(rows)
      p.term_count = 3
    }
    p.c = y.row(rows.lowerBound)
    p.c_panel = panelWidth
    p.c_row = y.stride
    p.activation = activation.kernelValue
    p.activated = activated?.row(rows.lowerBound)
    p.before = before.map { UnsafePointer($0.row(rows.lowerBound)) }
    set(start, in: &p)
    table.pointee.product(&p)
  }

  /// x^T dy over `rows` for one panel of outputs, as a product that goes nowhere yet: the gradient of y = x W.
  package func gradient(_ rows: Range<Int>, _ x: Matrix, _ dy: Matrix, panel: Int, inputs: Int)
    -> vaec_product
  {
    var p = vaec_product()
    p.rows = inputs
    p.panels = 1
    p.terms.0 = vaec_term(
      inner: rows.count, a: UnsafePointer(x.row(rows.lowerBound)), a_row: 1, a_column: x.stride,
      b: UnsafePointer(dy.row(rows.lowerBound) + panel * panelWidth), b_panel: panelWidth, b_row: dy.stride)
    p.term_count = 1
    p.c_panel = inputs * panelWidth
    p.c_row = panelWidth
    return p
  }

  /// gradient[panel] = x^T dy over `rows`: the gradient of y = x W for one panel of outputs.
  ///
  /// - Parameter gradient: shape.inputs x 32.
  func gradientPanel(
    _ rows: Range<Int>, _ x: Matrix, _ dy: Matrix, panel: Int, _ shape: WeightShape,
    into gradient: UnsafeMutablePointer<Float>, from start: Start = .zero
  ) {
    var p = self.gradient(rows, x, dy, panel: panel, inputs: shape.inputs)
    p.c = gradient
    set(start, in: &p)
    table.pointee.product(&p)
  }

  private func set(_ start: Start, in p: inout vaec_product) {
    switch start {
    case .zero: p.start = Int32(VAEC_FROM_ZERO)
    case .output: p.start = Int32(VAEC_FROM_OUTPUT)
    case .bias(let bias):
      p.start = Int32(VAEC_FROM_BIAS)
      p.bias = bias
    }
  }
}
