import CKernels
import Tensor
import VAEModel

/// The cost in bits of a network's residual, sample less reconstruction, at an operating point: the next layer's rate,
/// or the error.
struct ResidualRateModel {
  /// What follows the network.
  private enum Next {
    /// Nothing: the residual is the error.
    case nothing
    /// A linear layer: coefficients are quantized, each at its price.
    case layer(KLTLayer, step: Float, scale: AdaptiveScale, choice: RDOQuantizer)
    /// The value layer, in units of its step. Its rate is a fit, because a closed loop is not a function of one value.
    case values(perUnit: Float)
  }

  private let next: Next
  private let kernels: Kernels
  /// The bits that a squared error of 1, of standardized values, is worth.
  let bitsPerError: Float
  private let bounds: (low: FloatBuffer, high: FloatBuffer)?
  /// The excess of reconstructions over their samples, or its gradient; and the coefficients of the layer.
  private let excess: Matrix
  private let coefficients: Matrix
  private let change: Matrix
  private let nothing: FloatBuffer
  private let terms: FloatBuffer

  /// - Parameters:
  ///   - last: the scales and quantizer of the last linear layer used.
  /// - Returns: nil if the cost cannot be determined: values with an input projection.
  init?(
    _ model: Model, at point: OperatingPoint, rows: Int, last: (scale: AdaptiveScale, choice: RDOQuantizer)?,
    bounds: (low: FloatBuffer, high: FloatBuffer)?, kernels: Kernels
  ) {
    self.kernels = kernels
    self.bounds = bounds
    isExact = model.inputProjection == nil && point.isWithoutLayers
    bitsPerError = model.bitsPerError(at: point)
    excess = Matrix(rows: rows, columns: model.width)
    terms = FloatBuffer(count: paddedToPanels(model.width))
    nothing = FloatBuffer(count: paddedToPanels(model.width))
    if point.valueStep > 0 {
      guard model.inputProjection == nil else { return nil }
      next = .values(perUnit: model.scale / point.valueStep)
      coefficients = Matrix(rows: 0, columns: 1)
    } else if let index = point.steps.lastIndex(where: { $0 > 0 }), let last {
      let layer = model.layers[index]
      next = .layer(layer, step: point.steps[index], scale: last.scale, choice: last.choice)
      coefficients = Matrix(rows: rows, columns: layer.components)
    } else {
      next = .nothing
      coefficients = Matrix(rows: 0, columns: 1)
    }
    change = Matrix(rows: coefficients.rows, columns: coefficients.columns)
  }

  /// Whether the cost is that of actual coding (except for the rounding of integers), and not a model of it.
  let isExact: Bool

  /// Computes the costs of reconstructions.
  ///
  /// - Parameters:
  ///   - output: the network's output, clamped to bounds; its rows belong to the rows `rows` of `target`.
  ///   - target: standardized samples.
  ///   - costs: the bits of each row of the output; overwritten.
  func evaluate(_ output: Matrix, rows: [Int], target: Matrix, costs: inout [Float]) {
    let table = kernels.table.pointee
    let width = output.columns
    output.clip(0..<rows.count, to: bounds, kernels)
    for (i, r) in rows.enumerated() {
      let (x, y, d) = (target.row(r), output.row(i), excess.row(i))
      table.add_scaled(y, -1, x, d, width)
      switch next {
      case .layer: continue
      case .nothing: costs[i] = bitsPerError * table.squared_error(y, x, width)
      case .values(let perUnit):
        let terms = self.terms.pointer
        for c in 0..<width {
          let u = d[c] * perUnit
          let near = max(-Self.nearEnough, min(Self.nearEnough, u))
          terms[c] = Self.slope * (near * near / (2 * Self.nearEnough) + u.magnitude - near.magnitude)
          d[c] = near * (Self.slope / Self.nearEnough * perUnit)
        }
        costs[i] = table.sum(terms, width)
      }
    }
    guard case .layer(let layer, let step, let scale, let choice) = next else { return }
    analyze(rows.count, by: layer)
    let inverse = 1 / step
    for i in rows.indices {
      let (more, rest) = (change.row(i), excess.row(i))
      // The part outside the basis is error. The second part of the coefficients is not, but is contained in `rest`.
      let outside =
        layer.components == width
        ? 0
        : table.squared_error(rest, nothing.pointer, width)
          - table.squared_error(more, nothing.pointer, layer.components)
      costs[i] = bitsPerError * max(0, outside)
    }
    // The gradient takes levels as constant.
    costs.withUnsafeMutableBufferPointer { costs in
      choice.withTables { tables in
        scale.forEach(first: layer.components, rows: rows.count) { i, c, level in
          let (row, more) = (coefficients.row(i), change.row(i))
          let x = (row[c] + more[c]) * inverse
          let (bits, slope) = tables.cost(x, Int(level))
          costs[i] += bits
          row[c] = slope * inverse - 2 * bitsPerError * more[c]
          return x.roundedMagnitude
        }
      }
    }
  }

  /// Splits the excess into coefficients and the remainder after the first of their two parts. There are two parts
  /// because a basis stored in few bits is not quite orthonormal.
  private func analyze(_ rows: Int, by layer: KLTLayer) {
    let (analysis, synthesis) = (layer.analysis, layer.synthesis)
    let all = 0..<rows
    kernels.product(all, excess, analysis.buffer.pointer, analysis.shape, into: coefficients)
    // A complete basis leaves no remainder.
    if layer.components == excess.columns { return }
    let count = rows * change.stride
    kernels.table.pointee.negate(coefficients.row(0), change.row(0), count)
    kernels.product(all, change, synthesis.buffer.pointer, synthesis.shape, into: excess, from: .output)
    kernels.product(all, excess, analysis.buffer.pointer, analysis.shape, into: change)
  }

  /// Computes the gradients of the last evaluated costs with respect to the output.
  ///
  /// - Parameters:
  ///   - kept: the requested rows, in ascending order.
  ///   - gradient: its first rows are overwritten. Bounds are ignored.
  func backward(_ kept: [Int], into gradient: Matrix) {
    let table = kernels.table.pointee
    for (i, from) in kept.enumerated() {
      switch next {
      case .values: gradient.row(i).update(from: excess.row(from), count: gradient.stride)
      case .layer(let layer, _, _, _) where layer.components == excess.columns:
        gradient.row(i).update(repeating: 0, count: gradient.stride)
      case .nothing, .layer: table.scale(excess.row(from), 2 * bitsPerError, gradient.row(i), gradient.stride)
      }
    }
    guard case .layer(let layer, _, _, _) = next else { return }
    coefficients.moveToFront(kept)
    kernels.product(
      0..<kept.count, coefficients, layer.synthesis.buffer.pointer, layer.synthesis.shape, into: gradient,
      from: .output)
  }

  /// Values cost about `slope` bits per step, except for those this close to their base.
  private static let slope: Float = 6
  private static let nearEnough: Float = 0.5
}

extension Model {
  /// The bits that a squared error of 1, of standardized values, is worth at `point`, by the step of what is coded last
  /// (see ``RDOQuantizer``).
  func bitsPerError(at point: OperatingPoint) -> Float {
    if point.isWithoutLayers, let part = point.network, let elbo = network?.elbo {
      return elbo.bitsPerError(step: part.step)
    }
    let step =
      point.valueStep > 0
      ? point.valueStep / scale : point.steps.last { $0 > 0 } ?? point.network?.step ?? 1
    return RDOQuantizer.bitsPerError / (step * step)
  }
}

extension Matrix {
  /// Moves the rows `kept`, in ascending order, to the front.
  func moveToFront(_ kept: [Int]) {
    for (to, from) in kept.enumerated() where to != from { row(to).update(from: row(from), count: stride) }
  }
}
