import Records

/// Rows spread evenly over an input whose length nobody needs to know before: blocks of rows at equal distances. When
/// they become too many, every other block goes, and the distance doubles.
struct RowSample {
  private let blockRows: Int
  private let maximumRows: Int
  /// One in this many blocks is kept.
  private var distance = 1
  private var parts: [(block: Int, first: Int, batch: SampleBatch)] = []
  private var keptRows = 0
  /// Rows that have been offered.
  private(set) var rows = 0

  /// The maximum number of values of a sample, unless one row has more.
  private static let maximumValues = 1 << 18

  /// - Parameters:
  ///   - values: of a row.
  ///   - mostRows: the maximum number of rows to keep; at least half of that are kept, if available.
  init(values: Int, maximumRows: Int = 2048) {
    self.init(maximumRows: min(maximumRows, Self.maximumValues / max(1, values)))
  }

  /// - Parameter mostRows: the maximum number of rows to keep; less than 1 counts as 1.
  init(maximumRows: Int) {
    self.maximumRows = max(1, maximumRows)
    blockRows = max(1, self.maximumRows / 64)
  }

  /// Offers the next rows of the input.
  mutating func add(_ batch: SampleBatch) {
    var row = 0
    while row < batch.rows {
      let block = (rows + row) / blockRows
      let end = min(batch.rows, (block + 1) * blockRows - rows)
      if block % distance == 0 {
        parts.append((block, rows + row, batch.rows(row..<end)))
        keptRows += end - row
        thinOut()
      }
      row = end
    }
    rows += batch.rows
  }

  private mutating func thinOut() {
    while keptRows > maximumRows, parts.count > 1 {
      distance *= 2
      parts.removeAll { $0.block % distance != 0 }
      keptRows = parts.reduce(0) { $0 + $1.batch.rows }
    }
  }

  /// Whether no row has been left out.
  var holdsAll: Bool { keptRows == rows }

  /// The rows that are kept, in order.
  var batches: [SampleBatch] { parts.map(\.batch) }

  /// For each of ``batches``, the place of its first row in the input.
  var places: [Int] { parts.map(\.first) }

  /// The rows that are kept, together; nil if there are none.
  var batch: SampleBatch? { SampleBatch(joining: batches) }
}
