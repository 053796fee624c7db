import Records
import Tensor
import VAEModel

/// Samples in memory that can be read any number of times.
struct InMemorySamples: Sendable {
  let batches: [SampleBatch]
  let description: SampleDescription
  /// The layout that cut them from an array; nil if they are whole.
  var layout: ArrayLayout?
  /// The row number of each batch's first row in the data.
  private let places: [Int]

  /// - Parameter places: the row number of each batch's first row in the data; nil if the batches are all of the data.
  init(_ batches: [SampleBatch], _ description: SampleDescription, places: [Int]? = nil) {
    self.batches = batches
    self.description = description
    var next = 0
    self.places =
      places
      ?? batches.map { batch in
        defer { next += batch.rows }
        return next
      }
  }

  var rows: Int { batches.reduce(0) { $0 + $1.rows } }
  var rawBytes: Int { batches.reduce(0) { $0 + $1.bytes.count } }

  /// The first rows, at most `rows`.
  func first(_ rows: Int) -> SampleBatch? {
    var parts: [SampleBatch] = []
    var count = 0
    for batch in batches where count < rows {
      parts.append(batch.rows(0..<min(batch.rows, rows - count)))
      count += parts[parts.count - 1].rows
    }
    return SampleBatch(joining: parts)
  }

  /// At most `most` rows, evenly spread over all, each with its row number in the data.
  func spread(most: Int) -> [(place: Int, row: Int)] {
    let all = rows
    let count = min(all, most)
    return locate((0..<count).map { $0 * all / count })
  }

  /// The row numbers of rows in the data.
  ///
  /// - Parameter wanted: in ascending order, each less than ``rows``.
  func locate(_ wanted: [Int]) -> [(place: Int, row: Int)] {
    var (batch, first) = (0, 0)
    return wanted.map { row in
      while row >= first + batches[batch].rows {
        first += batches[batch].rows
        batch += 1
      }
      return (places[batch] + row - first, row)
    }
  }

  /// The rows `wanted` as one batch; nil if there are none.
  ///
  /// - Parameter wanted: in ascending order, each less than ``rows``.
  func rows(_ wanted: [Int]) -> SampleBatch? {
    var (batch, first) = (0, 0)
    return SampleBatch(
      joining: wanted.map { row in
        while row >= first + batches[batch].rows {
          first += batches[batch].rows
          batch += 1
        }
        return batches[batch].rows(row - first..<row - first + 1)
      })
  }

  /// The first rows, at most `rows`, in the units of a model.
  func matrix(in scales: ValueScales, rows: Int) -> Matrix {
    let batch = first(rows)
    return Matrix(
      rows: batch?.rows ?? 0, columns: description.valuesPerSample,
      batch?.without(description.missing).numbers(in: scales) ?? [])
  }

  /// A reader that starts at the first row.
  func reader() -> any SampleReader { Reader(batches, description) }

  private final class Reader: SampleReader {
    let description: SampleDescription
    private let batches: [SampleBatch]
    private var batch = 0
    private var row = 0

    init(_ batches: [SampleBatch], _ description: SampleDescription) {
      self.batches = batches
      self.description = description
    }

    func read(maxRows: Int) -> SampleBatch? {
      while batch < batches.count {
        let current = batches[batch]
        guard row < current.rows else {
          batch += 1
          row = 0
          continue
        }
        let end = min(current.rows, row + maxRows)
        defer { row = end }
        return row == 0 && end == current.rows ? current : current.rows(row..<end)
      }
      return nil
    }
  }
}
