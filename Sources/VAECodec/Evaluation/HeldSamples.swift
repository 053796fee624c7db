import ByteIO
import SampleIO

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
  private let reader: any SampleReader
  private(set) var distortion = Distortion()

  init(_ samples: HeldSamples) { reader = samples.reader() }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    var row = 0
    while row < batch.rows, let original = try reader.read(maxRows: batch.rows - row) {
      distortion.add(original.doubles(), batch.rows(row..<row + original.rows).doubles())
      row += original.rows
    }
  }

  func finish() {}
}
