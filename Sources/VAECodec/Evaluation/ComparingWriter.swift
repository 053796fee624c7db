import Records

/// Compares what is written to it with samples in memory.
final class ComparingWriter: SampleWriter {
  private let samples: InMemorySamples
  private let reader: any SampleReader
  private(set) var distortion: Distortion
  /// Squared error by place within a sample; nil if nobody asks.
  private(set) var profile: ErrorProfile?
  /// What came of the rows that were asked for.
  private(set) var kept: [Int: [Double]] = [:]
  private let wanted: Set<Int>
  private var row = 0

  /// - Parameters:
  ///   - scale: what errors are measured in.
  ///   - wanted: rows whose values are kept.
  ///   - makesProfile: whether to report errors by place as well.
  init(
    _ samples: InMemorySamples, _ scale: ErrorScale, keeping wanted: Set<Int> = [], makesProfile: Bool = false
  ) {
    self.samples = samples
    distortion = Distortion(scale)
    self.wanted = wanted
    reader = samples.reader()
    if makesProfile { profile = ErrorProfile(values: samples.description.valuesPerSample) }
  }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    var done = 0
    while done < batch.rows, let original = try reader.read(maxRows: batch.rows - done) {
      let decoded = batch.rows(done..<done + original.rows)
      let comparison = Comparison(
        original, decoded, as: samples.description, from: distortion.origins(of: original))
      distortion.add(comparison)
      profile?.add(comparison)
      keep(decoded)
      done += original.rows
    }
  }

  func finish() {}

  private func keep(_ decoded: SampleBatch) {
    defer { row += decoded.rows }
    guard !wanted.isEmpty else { return }
    for r in 0..<decoded.rows where wanted.contains(row + r) {
      kept[row + r] = samples.description.printed(decoded.rows(r..<r + 1).doubles())
    }
  }
}

/// Squared error of each place within a sample, over many.
struct ErrorProfile {
  private var squares: [Double]
  private var counts: [Int]

  init(values: Int) {
    squares = [Double](repeating: 0, count: values)
    counts = [Int](repeating: 0, count: values)
  }

  /// Adds whole samples. What is not finite comes back as it is, and does not count.
  mutating func add(_ comparison: Comparison) {
    for first in stride(from: 0, to: comparison.values.count, by: squares.count) {
      for place in squares.indices where comparison.values[first + place].isFinite {
        let error = comparison.errors[first + place]
        squares[place] += error * error
        counts[place] += 1
      }
    }
  }

  /// The mean of each place; NaN where no value was finite.
  var means: [Double] { zip(squares, counts).map { $1 == 0 ? .nan : $0 / Double($1) } }
}
