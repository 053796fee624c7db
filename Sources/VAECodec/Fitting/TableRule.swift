import Records

/// Decides whether samples are rows of a table, whose columns are quantities of their own, or arrays of one quantity.
///
/// - Delimited text of more than one column is a table.
/// - Another array with one axis beside that of samples is a table where two neighbouring columns differ far: in offset, by
///   more than ``farOffset`` spreads, or in spread, by more than ``farSpread`` times. The spread of a column is the distance
///   of its first decile from its last, which a few outliers do not change. Neighbours, because values along an axis of
///   one quantity change gradually.
/// - All else is an array.
enum TableRule {
  private static let (farOffset, farSpread) = (16.0, 100.0)
  /// The maximum and minimum number of rows examined.
  private static let (maximumRows, minimumRows) = (1024, 16)

  /// - Parameter rows: some of the rows.
  static func isTable(_ description: SampleDescription, _ rows: SampleBatch) -> Bool {
    guard description.sampleShape.count == 1, description.valuesPerSample > 1 else { return false }
    if case .delimited = description.format { return true }
    return hasUnlikeColumns(rows)
  }

  private static func hasUnlikeColumns(_ batch: SampleBatch) -> Bool {
    guard batch.rows >= minimumRows else { return false }
    let (width, count) = (batch.valuesPerSample, min(batch.rows, maximumRows))
    let places = (0..<count).map { $0 * batch.rows / count }
    guard let rows = SampleBatch(joining: places.map { batch.rows($0..<$0 + 1) }) else { return false }
    let values = rows.doubles()
    var last: (middle: Double, spread: Double)?
    for column in 0..<width {
      let known = stride(from: column, to: values.count, by: width).map { values[$0] }
        .filter { $0.magnitude <= ColumnRanges.greatestKnown }.sorted()
      guard known.count >= minimumRows else { continue }
      let (low, high) = (known[known.count / 10], known[known.count - 1 - known.count / 10])
      // A column of one value but for a few rows has no spread to compare.
      guard high > low else { continue }
      let own = (middle: known[known.count / 2], spread: high - low)
      if let last {
        let (narrow, wide) = (min(own.spread, last.spread), max(own.spread, last.spread))
        if wide > farSpread * narrow || (own.middle - last.middle).magnitude > farOffset * wide {
          return true
        }
      }
      last = own
    }
    return false
  }
}
