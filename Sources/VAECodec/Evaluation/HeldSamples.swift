import ByteIO
import SampleIO
import VAE

/// Samples in memory that can be read again and again.
struct HeldSamples {
  let batches: [SampleBatch]
  let description: SampleDescription

  init(_ batches: [SampleBatch], _ description: SampleDescription) {
    self.batches = batches
    self.description = description
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

  /// The first rows, at most `rows`, as numbers.
  func matrix(rows: Int) -> Matrix {
    let batch = first(rows)
    return Matrix(rows: batch?.rows ?? 0, columns: description.valuesPerSample, batch?.floats() ?? [])
  }

  /// `decoded` as a writer of this format would print it: text has so many decimals a column.
  func printed(_ decoded: [Double]) -> [Double] {
    guard case .delimited(let style) = description.format, style.decimals.contains(where: { $0 != nil })
    else {
      return decoded
    }
    let width = description.valuesPerSample
    var units: [Double?] = style.decimals.map { $0.map { n in (0..<n).reduce(1.0) { p, _ in p * 10 } } }
    units += [Double?](repeating: nil, count: max(0, width - units.count))
    return decoded.enumerated().map { i, value in
      units[i % width].map { (value * $0).rounded(.toNearestOrEven) / $0 } ?? value
    }
  }

  /// A reader that begins at the first.
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

/// Compares what is written to it with samples in memory.
final class ComparingWriter: SampleWriter {
  private let samples: HeldSamples
  private let reader: any SampleReader
  private(set) var distortion = Distortion()

  init(_ samples: HeldSamples) {
    self.samples = samples
    reader = samples.reader()
  }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    var row = 0
    while row < batch.rows, let original = try reader.read(maxRows: batch.rows - row) {
      distortion.add(
        original.doubles(), samples.printed(batch.rows(row..<row + original.rows).doubles()))
      row += original.rows
    }
  }

  func finish() {}
}
