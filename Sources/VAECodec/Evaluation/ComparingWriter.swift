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
      let (numbers, decoded) = (
        original.doubles(), samples.description.printed(batch.rows(done..<done + original.rows).doubles())
      )
      distortion.add(numbers, decoded)
      profile?.add(numbers, decoded)
      keep(decoded, rows: original.rows)
      done += original.rows
    }
  }

  func finish() {}

  private func keep(_ decoded: [Double], rows: Int) {
    defer { row += rows }
    guard !wanted.isEmpty else { return }
    let width = samples.description.valuesPerSample
    for r in 0..<rows where wanted.contains(row + r) {
      kept[row + r] = Array(decoded[r * width..<(r + 1) * width])
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
  mutating func add(_ original: [Double], _ decoded: [Double]) {
    for first in stride(from: 0, to: original.count, by: squares.count) {
      for place in squares.indices where original[first + place].isFinite {
        let difference = original[first + place] - decoded[first + place]
        squares[place] += difference * difference
        counts[place] += 1
      }
    }
  }

  /// The mean of each place; NaN where no value was finite.
  var means: [Double] { zip(squares, counts).map { $1 == 0 ? .nan : $0 / Double($1) } }
}
