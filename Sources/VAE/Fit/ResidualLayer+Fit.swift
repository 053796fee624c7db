extension ResidualLayer {
  /// Rows that densities are fitted to at the most: more do not make them better.
  private static let densityRows = 8192

  /// A layer over `residual` (rows x values): the leading `components` of its Karhunen-Loeve transform, and a density
  /// for each.
  static func fit(
    _ residual: Matrix, components: PrincipalComponents, kernels: Kernels, workers: Workers,
    random: inout RandomSource
  ) -> ResidualLayer {
    let synthesis = Weights(components.basis)
    let rows = residual.rows > densityRows ? residual.copy(rows: 0..<densityRows) : residual
    let coefficients = rows.times(synthesis.transposed(kernels), kernels, workers)
    let strongest = max(components.variances.first ?? 0, 1e-20)
    let deviations = components.variances.map { Float(max($0, strongest * 1e-12).squareRoot()) }
    let mixtures = MixtureFit.fit(
      coefficients, deviations: deviations, kernels: kernels, workers: workers, random: &random)
    return ResidualLayer(
      values: residual.columns, synthesis: synthesis, mixtures: mixtures,
      mixtureOf: Array(mixtures.indices), kernels: kernels)
  }
}
