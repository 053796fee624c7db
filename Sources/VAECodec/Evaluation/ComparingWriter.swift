import Records

/// Compares what is written to it with samples in memory.
final class ComparingWriter: SampleWriter {
  private let samples: InMemorySamples
  private let reader: any SampleReader
  private(set) var distortion: Distortion
  /// The squared error by position within a sample; nil if not requested.
  private(set) var profile: ErrorProfile?
  /// The decoded values of the requested rows.
  private(set) var kept: [Int: [Double]] = [:]
  private let wanted: Set<Int>
  private var row = 0
  /// The number of samples compared.
  private var written = 0

  /// - Parameters:
  ///   - scale: the units of errors.
  ///   - wanted: the rows whose values are kept.
  ///   - makesProfile: whether to measure errors by position as well.
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
      if let layout = samples.layout, let first = samples.locate([done + written]).first?.place {
        distortion.add(original, decoded, as: samples.description, layout, from: first)
      } else {
        distortion.add(comparison)
      }
      profile?.add(comparison)
      keep(decoded)
      done += original.rows
    }
    written += batch.rows
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

/// The squared error of each position within a sample, over many samples.
struct ErrorProfile {
  private var squares: [Double]
  private var counts: [Int]

  init(values: Int) {
    squares = [Double](repeating: 0, count: values)
    counts = [Int](repeating: 0, count: values)
  }

  /// Adds whole samples. Values that are not finite are preserved, and do not count.
  mutating func add(_ comparison: Comparison) {
    for first in stride(from: 0, to: comparison.values.count, by: squares.count) {
      for place in squares.indices where comparison.values[first + place].isFinite {
        let error = comparison.errors[first + place]
        squares[place] += error * error
        counts[place] += 1
      }
    }
  }

  /// The mean of each position; NaN if no value was finite.
  var means: [Double] { zip(squares, counts).map { $1 == 0 ? .nan : $0 / Double($1) } }
}
