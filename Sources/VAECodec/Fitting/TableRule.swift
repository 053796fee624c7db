import Records
import Training

/// Decides whether samples are rows of a table, whose columns are separate quantities, or arrays of one quantity.
///
/// - Delimited text with more than one column is a table, and so are records with several fields of numbers.
/// - Another array with a single axis within a sample is a table if two neighbouring columns differ widely: in offset
///   by more than ``farOffset`` spreads, or in spread by more than a factor of ``farSpread``. The spread of a column is
///   the distance between its first and last decile, which a few outliers do not change. Only neighbours are compared,
///   because values along an axis of one quantity change gradually.
/// - Everything else is an array.
enum TableRule {
  private static let (farOffset, farSpread) = (16.0, 100.0)
  /// The maximum and minimum number of rows examined.
  private static let (maximumRows, minimumRows) = (1024, 16)

  /// Whether each column has its own scale.
  ///
  /// - Parameter rows: some of the rows; nil if there are none.
  static func hasScaleByColumn(
    _ choice: ScaleChoice, _ description: SampleDescription, _ rows: SampleBatch?
  ) -> Bool {
    switch choice {
    // Numbers of several types have no common scale.
    case .common where description.columnTypes == nil: false
    case .common: true
    case .column: true
    case .automatic: rows.map { isTable(description, $0) } ?? false
    }
  }

  /// Whether the samples are rows of a table.
  ///
  /// - Parameter rows: some of the rows.
  static func isTable(_ description: SampleDescription, _ rows: SampleBatch) -> Bool {
    guard description.isTable, description.sampleShape.count == 1, description.valuesPerSample > 1 else {
      return false
    }
    if description.format.isTable { return true }
    return hasUnlikeColumns(rows)
  }

  private static func hasUnlikeColumns(_ batch: SampleBatch) -> Bool {
    guard batch.rows >= minimumRows, let rows = batch.spread(rows: maximumRows) else { return false }
    let origins = Origins(batch, byPlace: true)
    let (width, values) = (batch.valuesPerSample, rows.doubles(from: origins))
    var last: (middle: Double, spread: Double)?
    for column in 0..<width {
      let known = stride(from: column, to: values.count, by: width).map { values[$0] }
        .filter { $0.magnitude <= ColumnRanges.greatestKnown }.sorted()
      guard known.count >= minimumRows else { continue }
      let (low, high) = (known[known.count / 10], known[known.count - 1 - known.count / 10])
      // A column that is constant except for a few rows has no spread to compare.
      guard high > low else { continue }
      let own = (middle: origins.number(column) + known[known.count / 2], spread: high - low)
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
