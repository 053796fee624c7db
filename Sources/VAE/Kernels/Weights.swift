import CKernels

/// The shape of a weight matrix, inputs x outputs, stored in panels of 32 outputs (see `CKernels.h`).
struct WeightShape: Equatable, Sendable {
  let inputs: Int
  let outputs: Int

  /// Panels of outputs.
  var panels: Int { (outputs + panelWidth - 1) / panelWidth }
  /// Numbers stored, padding included.
  var count: Int { panels * inputs * panelWidth }

  /// Where element (i, j) is.
  func index(_ i: Int, _ j: Int) -> Int {
    (j / panelWidth * inputs + i) * panelWidth + j % panelWidth
  }

  /// The matrix `values`, inputs x outputs row major, in panels.
  func pack(_ values: (_ input: Int, _ output: Int) -> Float, into target: UnsafeMutablePointer<Float>) {
    for i in 0..<inputs { for j in 0..<outputs { target[index(i, j)] = values(i, j) } }
  }
}

/// A weight matrix of its own: a fixed linear map such as a basis.
public struct Weights: Sendable {
  let shape: WeightShape
  let buffer: FloatBuffer

  /// Zeros.
  init(_ shape: WeightShape) {
    self.shape = shape
    buffer = FloatBuffer(count: shape.count)
  }

  /// The matrix with `rows.rows` inputs, whose outputs are the columns of `rows`.
  init(_ rows: Matrix) {
    self.init(WeightShape(inputs: rows.rows, outputs: rows.columns))
    shape.pack({ rows[$0, $1] }, into: buffer.pointer)
  }

  /// The transpose.
  func transposed(_ kernels: Kernels) -> Weights {
    Weights(transposing: buffer.pointer, shape, kernels)
  }

  /// The transpose of weights in panels, of `shape`.
  init(transposing weights: UnsafePointer<Float>, _ shape: WeightShape, _ kernels: Kernels) {
    self.init(WeightShape(inputs: shape.outputs, outputs: shape.inputs))
    kernels.table.pointee.transpose(
      weights, shape.inputs, shape.outputs, 0, shape.panels, buffer.pointer)
  }
}

extension Kernels {
  /// What an output of a product starts from.
  enum Start {
    case zero
    case output
    case bias(UnsafePointer<Float>)
  }

  /// y[rows] = start + x[rows] W, for weights in panels.
  ///
  /// - Parameters:
  ///   - rows: the rows of `x` and `y` to work on.
  ///   - x: batch x shape.inputs.
  ///   - y: batch x shape.outputs; whole panels are written.
  func product(
    _ rows: Range<Int>, _ x: Matrix, _ weights: UnsafePointer<Float>, _ shape: WeightShape, into y: Matrix,
    from start: Start = .zero
  ) {
    guard !rows.isEmpty else { return }
    var p = vaec_product()
    p.rows = rows.count
    p.inner = shape.inputs
    p.panels = shape.panels
    p.a = UnsafePointer(x.row(rows.lowerBound))
    p.a_row = x.stride
    p.a_column = 1
    p.b = weights
    p.b_panel = shape.inputs * panelWidth
    p.b_row = panelWidth
    p.c = y.row(rows.lowerBound)
    p.c_panel = panelWidth
    p.c_row = y.stride
    set(start, in: &p)
    table.pointee.product(&p)
  }

  /// gradient[panel] = x^T dy over `rows`: the gradient of y = x W for one panel of outputs.
  ///
  /// - Parameter gradient: shape.inputs x 32.
  func gradientPanel(
    _ rows: Range<Int>, _ x: Matrix, _ dy: Matrix, panel: Int, _ shape: WeightShape,
    into gradient: UnsafeMutablePointer<Float>, from start: Start = .zero
  ) {
    var p = vaec_product()
    p.rows = shape.inputs
    p.inner = rows.count
    p.panels = 1
    p.a = UnsafePointer(x.row(rows.lowerBound))
    p.a_row = 1
    p.a_column = x.stride
    p.b = UnsafePointer(dy.row(rows.lowerBound) + panel * panelWidth)
    p.b_panel = panelWidth
    p.b_row = dy.stride
    p.c = gradient
    p.c_panel = shape.inputs * panelWidth
    p.c_row = panelWidth
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
