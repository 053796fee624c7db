/// A linear layer that codes what the VAE leaves: coefficients along a basis, each with its own density.
///
/// The basis is the Karhunen-Loeve transform of residuals. With no VAE before it the layer is PCA coding.
public struct ResidualLayer: Sendable {
  /// Values of a residual.
  public let values: Int
  /// Coefficients of a residual.
  public let components: Int
  let stored: StoredMatrix
  /// components x values.
  let synthesis: Weights
  /// The transpose of `synthesis`.
  let analysis: Weights
  /// Densities of coefficients, in units of standardized samples.
  let mixtures: [LogisticMixture]
  /// Which of the mixtures belongs to each coefficient.
  let mixtureOf: [Int]

  init(_ stored: StoredMatrix, mixtures: [LogisticMixture], mixtureOf: [Int], kernels: Kernels) {
    precondition(stored.rows == mixtureOf.count && mixtureOf.allSatisfy(mixtures.indices.contains))
    self.stored = stored
    values = stored.columns
    components = stored.rows
    synthesis = stored.weights
    analysis = synthesis.transposed(kernels)
    self.mixtures = mixtures
    self.mixtureOf = mixtureOf
  }

  /// How often ``analyze(_:_:into:change:kernels:)`` improves its answer. A basis stored in few bits is not quite
  /// orthonormal: its products are off by a few percent, and each round takes as much off what is left.
  private static let refinements = 2

  /// coefficients such that synthesis^T coefficients is as near to `residual` as the basis allows.
  ///
  /// - Parameters:
  ///   - residual: rows x values; overwritten with what the basis does not reach.
  ///   - coefficients: rows x components; overwritten.
  ///   - change: rows x components; scratch.
  func analyze(
    _ residual: Matrix, _ rows: Range<Int>, into coefficients: Matrix, change: Matrix, kernels: Kernels
  ) {
    let first = rows.lowerBound
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

  /// The coefficients of all rows of `residual`, which is overwritten with what the basis does not reach.
  func coefficients(of residual: Matrix, kernels: Kernels, workers: Workers) -> Matrix {
    let result = Matrix(rows: residual.rows, columns: components)
    let change = Matrix(rows: residual.rows, columns: components)
    workers.forEachRange(of: residual.rows) { rows in
      analyze(residual, rows, into: result, change: change, kernels: kernels)
      for r in rows {
        kernels.table.pointee.negate(change.row(r), change.row(r), change.stride)
      }
      kernels.product(rows, change, synthesis.buffer.pointer, synthesis.shape, into: residual, from: .output)
    }
    return result
  }

  /// output += synthesis^T coefficients: exact, in ascending order of coefficients.
  func synthesize(_ coefficients: Matrix, _ rows: Range<Int>, onto output: Matrix, kernels: Kernels) {
    kernels.product(
      rows, coefficients, synthesis.buffer.pointer, synthesis.shape, into: output, from: .output)
  }
}
