import Container
import Records
import VAEModel

/// What rows cost at an operating point: their rate, and the errors that remain.
struct RowCosts: Sendable {
  /// The bits of each row's symbols.
  var bits: [Double] = []
  /// The mean squared error of each row, in squared units of the model's `ErrorScale`.
  var errors: [Double] = []
  /// The value with the largest error of each row, relative to that column's scale.
  var worst: [Int] = []

  /// Joins the costs of further rows.
  static func += (a: inout RowCosts, b: RowCosts) {
    a.bits += b.bits
    a.errors += b.errors
    a.worst += b.worst
  }

  /// Sets the errors of rows from what they decode to. Values that are not finite have none.
  ///
  /// - Parameter weights: the factor that makes errors of each value comparable with others.
  mutating func setErrors(_ rows: SampleBatch, _ decoded: SampleBatch, _ scale: ErrorScale, weights: [Double])
  {
    let (width, values, back) = (rows.valuesPerSample, rows.doubles(), decoded.doubles())
    for first in stride(from: 0, to: width * rows.rows, by: width) {
      var (sum, count, worst, largest) = (0.0, 0, 0, -1.0)
      for place in 0..<width where values[first + place].isFinite {
        let error =
          (values[first + place] - back[first + place]) * (scale.isByColumn ? scale.factor(place) : 1)
        // An error whose square is beyond binary64 is as strange as any.
        sum += min(error * error, 1e200)
        count += 1
        let weighted = error.magnitude * (weights.isEmpty ? 1 : weights[place])
        if weighted > largest { (largest, worst) = (weighted, place) }
      }
      errors.append(count > 0 ? sum / Double(count) : 0)
      self.worst.append(worst)
    }
  }
}

extension Codec {
  /// The number of rows that are scored at once.
  static let scoredRows = 1024

  /// What the rows of some samples cost at the quality of ``Calibration``. They do not depend on other rows.
  ///
  /// - Parameters:
  ///   - description: the description of the samples.
  ///   - weights: see ``RowCosts/setErrors(_:_:_:weights:)``.
  ///   - next: returns the next rows, at most ``scoredRows``; nil after the last.
  ///   - use: called in the order of rows.
  func rowCosts(
    _ description: SampleDescription, model: FittedModel, weights: [Double],
    next: () throws(CodecError) -> SampleBatch?, use: (SampleBatch, RowCosts) throws(CodecError) -> Void
  ) throws(CodecError) {
    let scale = model.summary.errorScale
    let rows = min(Self.scoredRows, ChunkCodingContext.defaultChunkRows(values: model.model.values))
    let plan = ChunkCodingContext(
      model.model, at: model.point(quality: Calibration.quality), chunkRows: rows, effort: .standard,
      kernels: kernels)
    let codecs = ChunkCodecs(plan, description.withoutArray, workers: workers.count)
    let missing = model.notes.missing.numbers
    try ChunkPipeline(threads: workers.count).run(
      next: next,
      work: { (worker: Int, batch: SampleBatch) -> (SampleBatch, RowCosts) in
        let known = batch.without(missing)
        let (bits, decoded) = codecs.rowCosts(of: batch, worker: worker)
        var costs = RowCosts()
        costs.bits = bits
        costs.setErrors(known, decoded, scale, weights: weights)
        return (known, costs)
      },
      use: { (found: (SampleBatch, RowCosts)) throws(CodecError) in try use(found.0, found.1) })
  }
}

extension RowCosts {
  /// Rate plus the price of errors, in bits.
  func scores(errorPrice: Double) -> [Double] {
    zip(bits, errors).map { min($0 + ($1 > 0 ? errorPrice * $1 : 0), 1e30) }
  }
}
