import Tensor

/// A linear layer that codes the residual of the VAE as coefficients along a basis.
///
/// The basis is the Karhunen-Loeve transform of residuals. Without a VAE before it, the layer is PCA coding. The
/// density of a coefficient is that of its level of scale (see ``AdaptiveScale``), except for some of the strongest
/// components with an unusual shape, such as two peaks or a flat one. These have their own density.
package struct KLTLayer: Sendable {
  /// The number of values in a residual.
  package let values: Int
  /// The number of coefficients of a residual.
  package let components: Int
  package let stored: StoredMatrix
  /// components x values.
  package let synthesis: Weights
  /// The transpose of `synthesis`.
  package let analysis: Weights
  /// The mean magnitude of each coefficient, in units of standardized samples.
  package var magnitudes: [Float]
  /// One density per level of scale, in units of the step.
  package var densities: [LogisticMixture]
  /// The densities of single components, in units of standardized samples.
  package var shapes: [Shape]
  /// The variance of each coefficient. A fit measures it; a file does not store it, and it is then that of a Laplace
  /// density.
  package var variances: [Float]

  package init(
    _ stored: StoredMatrix, magnitudes: [Float], densities: [LogisticMixture], shapes: [Shape] = [],
    variances: [Float]? = nil, kernels: Kernels
  ) {
    precondition(shapes.count <= Self.maximumShapes && shapes.allSatisfy { $0.component < stored.rows })
    precondition(stored.rows == magnitudes.count && densities.count == ScaleLevel.count)
    self.stored = stored
    values = stored.columns
    components = stored.rows
    synthesis = stored.weights
    analysis = synthesis.transposed(kernels)
    self.magnitudes = magnitudes
    self.densities = densities
    self.shapes = shapes
    self.variances = variances ?? magnitudes.map { 2 * $0 * $0 }
  }

  /// The weights of the frequency tables at a step: one table per level, and one per shape.
  package func symbolWeights(step: Float, _ kernels: Kernels) -> [LogisticMixture.SymbolWeights] {
    levelWeights(kernels) + shapeWeights(step: step, kernels)
  }

  /// The weights of the levels' tables, which are the same for every step.
  package func levelWeights(_ kernels: Kernels) -> [LogisticMixture.SymbolWeights] {
    densities.map { $0.symbolWeights(step: 1, kernels: kernels) }
  }

  /// The weights of the shapes' tables.
  package func shapeWeights(step: Float, _ kernels: Kernels) -> [LogisticMixture.SymbolWeights] {
    shapes.map { $0.density.symbolWeights(step: step, kernels: kernels) }
  }

  /// The number of tables, which is the number of levels that the layer's planes use.
  package var levels: Int { densities.count + shapes.count }

  /// The density of a single component.
  package struct Shape: Equatable, Sendable {
    var component: Int
    var density: LogisticMixture

    package init(component: Int, density: LogisticMixture) {
      self.component = component
      self.density = density
    }
  }

  /// The maximum number of components with their own density: a byte identifies all tables of a stream.
  package static let maximumShapes = 32

  /// The number of refinements in ``analyze(_:_:into:change:kernels:)``. A basis stored in few bits is not quite
  /// orthonormal: its products are off by a few percent, and each refinement reduces the remaining error by as much.
  private static let refinements = 3

  /// Computes coefficients such that synthesis^T coefficients is as close to `residual` as the basis allows.
  ///
  /// - Parameters:
  ///   - residual: rows x values; overwritten with the part outside the basis.
  ///   - coefficients: rows x components; overwritten.
  ///   - change: rows x components; scratch space.
  package func analyze(
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

  /// The coefficients of all rows of `residual`, which is overwritten with the part outside the basis.
  package func coefficients(of residual: Matrix, kernels: Kernels, workers: Workers) -> Matrix {
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

  /// output += synthesis^T coefficients, in ascending order of coefficients, so that the result is the same everywhere.
  package func synthesize(_ coefficients: Matrix, _ rows: Range<Int>, onto output: Matrix, kernels: Kernels) {
    kernels.product(
      rows, coefficients, synthesis.buffer.pointer, synthesis.shape, into: output, from: .output)
  }

  /// The layer with only the first `count` components.
  package func keeping(first count: Int, kernels: Kernels) -> KLTLayer {
    let kept = min(count, components)
    return KLTLayer(
      stored.keeping(rows: Array(0..<kept)), magnitudes: Array(magnitudes[..<kept]), densities: densities,
      shapes: shapes.filter { $0.component < kept }, variances: Array(variances[..<kept]), kernels: kernels)
  }

  /// The standard deviation of the strongest component.
  package var strongest: Float { max(1e-20, variances.max() ?? 0).squareRoot() }

  /// The expected squared error per sample of a uniform quantizer with this step.
  package func expectedError(step: Float) -> Double {
    let uniform = Double(step) * Double(step) / 12
    return variances.reduce(0) { $0 + min(uniform, Double($1)) }
  }

  /// The number of leading components with a standard deviation of at least a quarter of `step`; the others are hardly
  /// ever coded.
  package func componentsActive(at step: Float) -> Int {
    (variances.lastIndex { $0 >= step * step / 16 } ?? -1) + 1
  }
}
