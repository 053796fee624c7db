extension ResidualLayer {
  /// Rows that densities are fitted to at the most: more do not make them better.
  private static let densityRows = 8192

  /// A layer over `residual` (rows x values): the leading `components` of its Karhunen-Loeve transform, and a density
  /// for each.
  static func fit(
    _ residual: Matrix, components: PrincipalComponents, kernels: Kernels, workers: Workers,
    random: inout RandomSource
  ) -> ResidualLayer {
    // The error of a coefficient's direction may be a small part of the step at which it begins to be coded.
    let step = 0.04 / Float(residual.columns).squareRoot()
    let exact = Weights(components.basis)
    let stored = StoredMatrix(exact.buffer.pointer, exact.shape, steps: [step])
    let rows = residual.copy(rows: 0..<min(densityRows, residual.rows))
    let basis = ResidualLayer(
      stored, mixtures: [.narrow], mixtureOf: [Int](repeating: 0, count: stored.rows), kernels: kernels)
    let coefficients = basis.coefficients(of: rows, kernels: kernels, workers: workers)
    let strongest = max(components.variances.first ?? 0, 1e-20)
    let deviations = components.variances.map { Float(max($0, strongest * 1e-12).squareRoot()) }
    let mixtures = MixtureFit.fit(
      coefficients, deviations: deviations, kernels: kernels, workers: workers, random: &random)
    return ResidualLayer(
      stored, mixtures: mixtures.map(\.storable), mixtureOf: Array(mixtures.indices), kernels: kernels)
  }

  /// The layer without the components after the first `count`.
  func keeping(first count: Int, kernels: Kernels) -> ResidualLayer {
    let kept = Array(0..<min(count, components))
    return ResidualLayer(
      stored.keeping(rows: kept), mixtures: kept.map { mixtures[mixtureOf[$0]] }, mixtureOf: kept,
      kernels: kernels)
  }

  /// The squared error of a sample that a uniform quantizer of this step is expected to leave.
  func expectedError(step: Float) -> Double {
    let uniform = Double(step) * Double(step) / 12
    return mixtureOf.reduce(0) {
      $0 + min(uniform, Double(mixtures[$1].spread) * Double(mixtures[$1].spread))
    }
  }

  /// How many leading components have a deviation of at least a quarter of `step`: the others are hardly ever coded.
  func componentsActive(at step: Float) -> Int {
    (mixtureOf.lastIndex { mixtures[$0].spread >= step / 4 } ?? -1) + 1
  }
}
