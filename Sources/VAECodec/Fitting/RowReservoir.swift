import Records
import Tensor

/// Rows of a stream of unknown length: all of them, or a uniform sample of fixed size.
struct RowReservoir {
  private let width: Int
  private var places: ReservoirPlaces
  /// The type of the values kept: that of all inputs, or binary64 if they differ.
  private let elementType: ElementType
  private var bytes: [UInt8] = []
  /// The number of rows offered.
  var seen: Int { places.seen }
  /// The number of rows kept.
  var rows: Int { min(seen, places.most) }

  /// - Parameters:
  ///   - width: the number of values in a row.
  ///   - elementTypes: the types of the batches to come.
  ///   - most: the maximum number of rows to keep.
  init(width: Int, elementTypes: [ElementType], most: Int, seed: UInt64) {
    self.width = width
    elementType = Set(elementTypes).count == 1 ? elementTypes[0] : .f8
    // A different random sequence from the fit's own.
    places = ReservoirPlaces(most: most, random: RandomSource(seed: ~seed))
  }

  mutating func add(_ batch: SampleBatch) {
    let batch = batch.converted(to: elementType)
    let size = width * elementType.size
    let fitting = places.fill(batch.rows)
    bytes.append(contentsOf: batch.bytes[..<(fitting * size)])
    for r in fitting..<batch.rows {
      if let place = places.next() {
        bytes.replaceSubrange(place * size..<(place + 1) * size, with: batch.bytes[r * size..<(r + 1) * size])
      }
    }
  }

  /// Returns the rows and releases them, so that there is no second copy.
  mutating func take() -> SampleBatch {
    defer { bytes = [] }
    return SampleBatch(elementType: elementType, valuesPerSample: width, bytes: bytes)
  }
}
