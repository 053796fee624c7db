import Records
import Tensor

extension Codec {
  /// What held-out rows cost, for the model's file.
  ///
  /// - Parameters:
  ///   - points: the rates and PSNRs of qualities on these rows; their slope is the price of errors.
  ///   - held: the held-out rows.
  /// - Returns: nil without rows.
  func calibration(
    of model: FittedModel, _ points: [ModelSummary.Point], on held: InMemorySamples
  ) throws(CodecError) -> Calibration? {
    let width = held.description.valuesPerSample
    let hasColumns = width <= Calibration.maximumColumns
    var columns = [[Double]](repeating: [], count: hasColumns ? width : 0)
    var costs = RowCosts()
    let reader = held.reader()
    try rowCosts(
      held.description, model: model, weights: [],
      next: { () throws(CodecError) in try reading(reader, Self.scoredRows) },
      use: { (rows, found) throws(CodecError) in
        costs += found
        guard hasColumns else { return }
        for (i, number) in rows.numbers(in: model.model.scales).enumerated() {
          columns[i % width].append(Double(number))
        }
      })
    guard !costs.bits.isEmpty else { return nil }
    let mean = costs.errors.reduce(0, +) / Double(costs.errors.count)
    let price = Self.errorPrice(points, error: mean)
    let edges = Calibration.edges(columns: width)
    return Calibration(
      errorPrice: price,
      scores: StoredDistribution(of: costs.scores(errorPrice: price), edges: Calibration.scoreEdges),
      columns: columns.map { StoredDistribution(of: $0, edges: edges) })
  }

  /// Minus the slope of rate over mean squared error, between the qualities around that of ``Calibration``; 0 where there
  /// is no error or no slope.
  ///
  /// - Parameter error: the mean squared error at that quality.
  private static func errorPrice(_ points: [ModelSummary.Point], error: Double) -> Double {
    let low = points.last { $0.quality < Calibration.quality && $0.psnr.isFinite }
    let high = points.first { $0.quality > Calibration.quality && $0.psnr.isFinite }
    guard let low, let high, high.psnr > low.psnr, high.bitsPerSample > low.bitsPerSample, error > 0 else {
      return 0
    }
    // dR/dD = dR/dPSNR dPSNR/dD, and PSNR is -10 log10 D but for a constant.
    let slope = (high.bitsPerSample - low.bitsPerSample) / (high.psnr - low.psnr)
    let price = slope * 10 / (logarithm(10) * error)
    return price.isFinite ? price : 0
  }
}
