import ByteIO

/// Puts the samples of a layout back in their places, and writes the array, or a box of it, row by row. Memory is bounded
/// by a band and some rows.
package final class LayoutWriter {
  private let base: any SampleWriter
  private let layout: ArrayLayout
  private let box: [Range<Int>]
  /// Whether each sample is whole rows of the box.
  private let isSequence: Bool
  /// The bytes of a place whose sample does not come.
  private let unknown: [UInt8]
  private let elementType: ElementType
  /// The number of values in a row of the box.
  private let rowValues: Int
  /// The rows of the band that is being put together, as far as they are in the box.
  private var rows: [UInt8] = []
  private var band: Int?
  /// Complete rows that have not been written.
  private var waiting: [UInt8] = []
  /// The number of bytes written so far.
  package private(set) var bytes = 0
  /// The number of samples written so far, without those that were skipped.
  private var next = 0

  /// The number of bytes that wait at most.
  private static let pieceBytes = 1 << 18

  /// - Parameters:
  ///   - base: receives the rows; it is not finished.
  ///   - type: the type of the values.
  ///   - box: a range of places along each axis, in numbers; nil for the whole array. None is empty but the first.
  package init(
    _ base: any SampleWriter, _ layout: ArrayLayout, _ type: ValueType, box: [Range<Int>]? = nil
  ) {
    self.base = base
    self.layout = layout
    elementType = type.elementType
    unknown = SampleBatch(unknown: type).bytes
    let box = box ?? layout.shape.map { 0..<$0 }
    self.box = box
    isSequence = layout.isSequence && zip(box.dropFirst(), layout.rowShape).allSatisfy { $0.count == $1 }
    rowValues = box.dropFirst().reduce(1) { $0 * $1.count }
  }

  /// Writes the samples of `batch`, which follow those written before.
  package func write(_ batch: SampleBatch) throws(SampleIOError) {
    try write(batch, from: next)
    next += batch.rows
  }

  /// Writes the samples of `batch`, the first of which has the number `first`. Samples come in ascending order.
  package func write(_ batch: SampleBatch, from first: Int) throws(SampleIOError) {
    let batch = batch.converted(to: elementType)
    let size = elementType.size
    let sampleBytes = layout.valuesPerSample * size
    for index in 0..<batch.rows {
      let (own, place) = (first + index).quotientAndRemainder(dividingBy: layout.samplesPerBand)
      let range = layout.rows(ofBand: own).clamped(to: box[0])
      if range.isEmpty { continue }
      if isSequence {
        // A sample is rows already.
        let rowBytes = rowValues * size
        let first = index * sampleBytes + (range.lowerBound - own * layout.step) * rowBytes
        waiting += batch.bytes[first..<first + range.count * rowBytes]
        if waiting.count >= Self.pieceBytes { try flush() }
        continue
      }
      if own != band {
        try complete()
        band = own
        rows = unknownRows(range.count)
      }
      var bandBox = box
      bandBox[0] = range
      batch.bytes.withUnsafeBytes { source in
        rows.withUnsafeMutableBytes { target in
          layout.forEachRun(ofSample: place, band: own, in: bandBox) { from, to, count in
            let start = index * sampleBytes + from * size
            UnsafeMutableRawBufferPointer(rebasing: target[to * size..<(to + count) * size]).copyMemory(
              from: UnsafeRawBufferPointer(rebasing: source[start..<start + count * size]))
          }
        }
      }
    }
  }

  /// Rows of the box that nothing has been written to.
  private func unknownRows(_ count: Int) -> [UInt8] {
    let values = count * rowValues
    if unknown.allSatisfy({ $0 == 0 }) { return [UInt8](repeating: 0, count: values * unknown.count) }
    var rows: [UInt8] = []
    rows.reserveCapacity(values * unknown.count)
    for _ in 0..<values { rows += unknown }
    return rows
  }

  /// Writes what has not been written.
  package func finish() throws(SampleIOError) {
    try complete()
    band = nil
    try flush()
  }

  private func complete() throws(SampleIOError) {
    guard band != nil else { return }
    waiting += rows
    rows = []
    if waiting.count >= Self.pieceBytes { try flush() }
  }

  private func flush() throws(SampleIOError) {
    guard !waiting.isEmpty else { return }
    bytes += waiting.count
    try base.write(SampleBatch(elementType: elementType, valuesPerSample: rowValues, bytes: waiting))
    waiting = []
  }
}
