import Records

/// A sample of rows, evenly spread over an input of unknown length: blocks of rows at equal distances. When there are
/// too many, every other block is dropped and the distance doubles.
struct RowSample {
  private let blockRows: Int
  private let maximumRows: Int
  /// One block in this many is kept.
  private var distance = 1
  private var parts: [(block: Int, first: Int, batch: SampleBatch)] = []
  private var keptRows = 0
  /// The number of rows offered.
  private(set) var rows = 0

  /// The maximum number of values kept, unless a single row has more.
  private static let maximumValues = 1 << 18

  /// - Parameters:
  ///   - values: the number of values in a row.
  ///   - maximumRows: the maximum number of rows to keep; at least half as many are kept if available.
  init(values: Int, maximumRows: Int = 2048) {
    self.init(maximumRows: min(maximumRows, Self.maximumValues / max(1, values)))
  }

  /// - Parameter maximumRows: the maximum number of rows to keep; less than 1 counts as 1.
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

  /// Whether no row has been dropped.
  var holdsAll: Bool { keptRows == rows }

  /// The rows kept, in order.
  var batches: [SampleBatch] { parts.map(\.batch) }

  /// The row number in the input of the first row of each of ``batches``.
  var places: [Int] { parts.map(\.first) }

  /// The rows kept, as one batch; nil if there are none.
  var batch: SampleBatch? { SampleBatch(joining: batches) }
}
