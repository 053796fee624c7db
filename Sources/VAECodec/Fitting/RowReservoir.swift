import Records
import Tensor

/// Rows of a stream of unknown length: all of them, or a uniform sample of a fixed number (Vitter 1985, algorithm R).
struct RowReservoir {
  private let width: Int
  private let most: Int
  private var random: RandomSource
  /// The type of the values that are kept: that of all inputs, or binary64 where they differ.
  private let elementType: ElementType
  private var bytes: [UInt8] = []
  /// Rows so far.
  private(set) var seen = 0
  /// Rows that are kept.
  var rows: Int { min(seen, most) }

  /// - Parameters:
  ///   - width: values of a row.
  ///   - elementTypes: of the batches that will come.
  ///   - most: the maximum number of rows to keep.
  init(width: Int, elementTypes: [ElementType], most: Int, seed: UInt64) {
    self.width = width
    self.most = most
    elementType = Set(elementTypes).count == 1 ? elementTypes[0] : .f8
    // Another sequence than the fit's own.
    random = RandomSource(seed: ~seed)
  }

  mutating func add(_ batch: SampleBatch) {
    let batch = batch.converted(to: elementType)
    let count = batch.rows
    let size = width * elementType.size
    let fitting = min(count, most - min(seen, most))
    bytes.append(contentsOf: batch.bytes[..<(fitting * size)])
    for r in fitting..<count {
      let place = Int(random.next() % UInt64(seen + r + 1))
      if place < most {
        bytes.replaceSubrange(place * size..<(place + 1) * size, with: batch.bytes[r * size..<(r + 1) * size])
      }
    }
    seen += count
  }

  /// The rows, and no second copy of them.
  mutating func take() -> SampleBatch {
    defer { bytes = [] }
    return SampleBatch(elementType: elementType, valuesPerSample: width, bytes: bytes)
  }
}
