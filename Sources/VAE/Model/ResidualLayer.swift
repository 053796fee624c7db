/// A linear layer that codes what the VAE leaves: coefficients along a basis, each with its own density.
///
/// The basis is the Karhunen-Loeve transform of residuals, or none: then the values themselves are coded. With no
/// VAE before it the layer is PCA coding.
public struct ResidualLayer: Sendable {
  /// Values of a residual.
  public let values: Int
  /// Coefficients of a residual.
  public let components: Int
  /// components x values, or nil where coefficient i is value i.
  let synthesis: Weights?
  /// The transpose of `synthesis`.
  let analysis: Weights?
  /// Densities of coefficients, in units of standardized samples.
  let mixtures: [LogisticMixture]
  /// Which of the mixtures belongs to each coefficient.
  let mixtureOf: [Int]

  init(values: Int, synthesis: Weights?, mixtures: [LogisticMixture], mixtureOf: [Int], kernels: Kernels) {
    precondition(synthesis.map { $0.shape.outputs == values && $0.shape.inputs == mixtureOf.count } ?? true)
    self.values = values
    components = mixtureOf.count
    self.synthesis = synthesis
    analysis = synthesis?.transposed(kernels)
    self.mixtures = mixtures
    self.mixtureOf = mixtureOf
  }

  /// How often ``coefficients(of:into:work:kernels:)`` improves its answer. A basis stored in few bits is not quite
  /// orthonormal: its products are off by a few percent, and each round takes as much off what is left.
  private static let refinements = 2

  /// coefficients such that synthesis^T coefficients is as near to `residual` as the basis allows.
  ///
  /// - Parameters:
  ///   - residual: rows x values; overwritten with what the basis does not reach.
  ///   - coefficients: rows x components; overwritten.
  ///   - change: rows x components; scratch.
  func analyze(_ residual: Matrix, _ rows: Range<Int>, into coefficients: Matrix, change: Matrix, kernels: Kernels)
  {
    let first = rows.lowerBound
    guard let synthesis, let analysis else {
      coefficients.row(first).update(from: residual.row(first), count: rows.count * residual.stride)
      return
    }
    kernels.product(rows, residual, analysis.buffer.pointer, analysis.shape, into: coefficients)
    change.row(first).update(from: coefficients.row(first), count: rows.count * change.stride)
    for _ in 0..<Self.refinements {
      let count = rows.count * change.stride
      kernels.table.pointee.negate(change.row(first), change.row(first), count)
      kernels.product(rows, change, synthesis.buffer.pointer, synthesis.shape, into: residual, from: .output)
      kernels.product(rows, residual, analysis.buffer.pointer, analysis.shape, into: change)
      kernels.table.pointee.add_scaled(
        coefficients.row(first), 1, change.row(first), coefficients.row(first), count)
    }
  }

  /// output += synthesis^T coefficients: exact, in ascending order of coefficients.
  func synthesize(_ coefficients: Matrix, _ rows: Range<Int>, onto output: Matrix, kernels: Kernels) {
    if let synthesis {
      kernels.product(
        rows, coefficients, synthesis.buffer.pointer, synthesis.shape, into: output, from: .output)
    } else {
      let first = rows.lowerBound
      kernels.table.pointee.add_scaled(
        output.row(first), 1, coefficients.row(first), output.row(first), rows.count * output.stride)
    }
  }
}
