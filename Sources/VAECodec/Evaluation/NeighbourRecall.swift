import Records
import Tensor

/// How two vectors are compared.
public enum VectorMetric: String, CaseIterable, Sendable {
  /// The angle between them.
  case cosine
  /// Their Euclidean distance.
  case euclid
}

extension EvaluationReport {
  /// How well decoded vectors serve a search for neighbours.
  public struct Neighbours: Sendable {
    /// The share of the `count` nearest original vectors that are among the `count` nearest decoded ones, 0 ... 1, averaged over
    /// queries. Queries are original vectors.
    public var recall: Double
    /// The mean of 1 - cos(original, decoded) over vectors; those without a direction do not count.
    public var cosineError: Double
  }
}

/// Measures how many nearest neighbours decoding keeps, on evenly spread rows.
struct NeighbourRecall {
  /// The number of neighbours that are looked for.
  let count: Int
  private let metric: VectorMetric
  private let kernels: Kernels
  private let workers: Workers
  /// The rows searched, their vectors, and the places of the queries among them.
  private let rows: [Int]
  private let vectors: Matrix
  private let queries: [Int]
  private let truth: [[Int]]

  /// The maximum number of rows searched, of their values, and of queries.
  private static let (maximumRows, maximumValues, maximumQueries) = (1 << 14, 1 << 23, 500)

  /// - Parameters:
  ///   - count: at least 1.
  init(_ samples: InMemorySamples, count: Int, _ metric: VectorMetric, kernels: Kernels, workers: Workers) {
    let width = max(1, samples.description.valuesPerSample)
    let spread = samples.spread(
      most: max(2, min(Self.maximumRows, Self.maximumValues / width)))
    rows = spread.map(\.row)
    self.count = max(1, min(count, rows.count - 1))
    (self.metric, self.kernels, self.workers) = (metric, kernels, workers)
    let found = rows.count
    let queryCount = min(found, Self.maximumQueries)
    queries = (0..<queryCount).map { $0 * found / queryCount }
    let numbers = samples.rows(rows)?.doubles() ?? []
    vectors = Self.matrix(
      rows.indices.map {
        Array(numbers[min(numbers.count, $0 * width)..<min(numbers.count, ($0 + 1) * width)])
      },
      width, metric)
    truth = Self.nearest(vectors, queries, among: vectors, self.count, kernels, workers)
  }

  /// The rows whose decoded values are needed.
  var wanted: Set<Int> { Set(rows) }

  /// Measures decoded rows.
  func measure(_ decoded: [Int: [Double]]) -> EvaluationReport.Neighbours {
    let width = vectors.columns
    let own = Self.matrix(rows.map { decoded[$0] ?? [] }, width, metric)
    let found = Self.nearest(vectors, queries, among: own, count, kernels, workers)
    let hits = zip(truth, found).reduce(0) { $0 + Set($1.0).intersection($1.1).count }
    var (sum, counted) = (0.0, 0)
    for r in rows.indices {
      var (product, a, b) = (0.0, 0.0, 0.0)
      for c in 0..<width {
        let (x, y) = (Double(vectors.row(r)[c]), Double(own.row(r)[c]))
        (product, a, b) = (product + x * y, a + x * x, b + y * y)
      }
      guard a > 0, b > 0 else { continue }
      (sum, counted) = (sum + 1 - min(1, product / (a * b).squareRoot()), counted + 1)
    }
    return EvaluationReport.Neighbours(
      recall: Double(hits) / Double(max(1, queries.count * count)), cosineError: sum / Double(max(1, counted))
    )
  }

  /// Rows as vectors; of length 1 if angles count, so that the nearest by distance are those by angle. Values that are not finite
  /// count as 0.
  private static func matrix(_ rows: [[Double]], _ width: Int, _ metric: VectorMetric) -> Matrix {
    let result = Matrix(rows: rows.count, columns: width)
    for (r, values) in rows.enumerated() {
      let finite = values.map { $0.isFinite ? $0 : 0 }
      let square = finite.reduce(0) { $0 + $1 * $1 }
      let factor = metric == .cosine && square > 0 ? 1 / square.squareRoot() : 1
      for (c, value) in finite.prefix(width).enumerated() { result.row(r)[c] = Float(value * factor) }
    }
    return result
  }

  /// The places of the nearest vectors of each query, which is none of its own neighbours.
  private static func nearest(
    _ originals: Matrix, _ queries: [Int], among vectors: Matrix, _ count: Int, _ kernels: Kernels,
    _ workers: Workers
  ) -> [[Int]] {
    let found = Slots<[Int]>(count: queries.count)
    workers.forEach(queries.count) { q in
      let query = queries[q]
      var best: [(distance: Float, place: Int)] = []
      for place in 0..<vectors.rows where place != query {
        let distance = kernels.table.pointee.squared_error(
          originals.row(query), vectors.row(place), vectors.columns)
        if best.count == count, let last = best.last, distance >= last.distance { continue }
        let at = best.firstIndex { distance < $0.distance } ?? best.count
        best.insert((distance, place), at: at)
        if best.count > count { best.removeLast() }
      }
      found[q] = best.map(\.place)
    }
    return queries.indices.map { found[$0] ?? [] }
  }
}
