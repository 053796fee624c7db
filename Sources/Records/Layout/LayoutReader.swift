import ByteIO

/// Reads the samples that a layout cuts from an array. Memory is bounded by a band and some rows.
package final class LayoutReader: SampleReader {
  private let base: any SampleReader
  private let name: String
  private var layout: ArrayLayout
  private let size: Int
  /// Rows of the array that have been read, and the number of the first.
  private var rows: [UInt8] = []
  private var firstRow = 0
  private var hasEnded = false
  /// The next sample: its band, and its place in it.
  private var (band, place) = (0, 0)
  package private(set) var description: SampleDescription
  package var missing: MissingValues { base.missing }

  /// The number of bytes read from the array at once.
  private static let pieceBytes = 1 << 18

  /// - Parameters:
  ///   - base: the rows of the array.
  ///   - name: the input in messages.
  ///   - known: the description of the array as it is known after all rows have been read; nil for that of `base`.
  ///   - memory: the limit for what must be held at once.
  /// - Throws: `noLayout` if the rule does not apply to the array, and what reading throws.
  package init(
    _ base: any SampleReader, _ rule: LayoutRule, known: SampleDescription? = nil, name: String,
    memory: MemoryLimit
  ) throws(SampleIOError) {
    self.base = base
    self.name = name
    var array = known ?? base.description
    size = array.elementType.size
    let rowBytes = array.sampleBytes
    if array.rows == nil, rule.needsRows(axes: array.axes) {
      // The whole array is in each sample.
      while let batch = try base.read(maxRows: max(1, Self.pieceBytes / rowBytes)) {
        rows += batch.bytes
        let bytes = 2 * rows.count
        try moving(name) { () throws(ByteIOError) in try memory.admit(bytes) }
      }
      hasEnded = true
      array = base.description
      array.rows = rows.count / rowBytes
    }
    layout = try rule.layout(of: array, name: name)
    let bytes = MemoryLimit.sum((layout.block[0], 2 * rowBytes), (layout.valuesPerSample, 2 * size))
    try moving(name) { () throws(ByteIOError) in try memory.admit(bytes) }
    description = try SampleDescription(cutting: array, layout)
  }

  package func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    let sampleBytes = layout.valuesPerSample * size
    var bytes: [UInt8] = []
    while bytes.count < maxRows * sampleBytes, bytes.isEmpty || bytes.count < 4 * Self.pieceBytes {
      guard try fill() else { break }
      let first = (band * layout.step - firstRow) * layout.valuesPerRow * size
      let end = min(rows.count, first + layout.block[0] * layout.valuesPerRow * size)
      let count = min(layout.samplesPerBand - place, maxRows - bytes.count / sampleBytes)
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: count * sampleBytes))
      bytes.withUnsafeMutableBytes { bytes in
        rows.withUnsafeBytes { rows in
          let own = UnsafeRawBufferPointer(rebasing: rows[first..<end])
          for index in 0..<count {
            let from = start + index * sampleBytes
            layout.gather(
              place + index, of: own, size: size,
              into: UnsafeMutableRawBufferPointer(rebasing: bytes[from..<from + sampleBytes]))
          }
        }
      }
      place += count
      if place == layout.samplesPerBand { (band, place) = (band + 1, 0) }
    }
    if bytes.isEmpty { return nil }
    return SampleBatch(
      elementType: description.elementType, valuesPerSample: layout.valuesPerSample, bytes: bytes)
  }

  /// Reads the rows of the next band; false if there is none.
  private func fill() throws(SampleIOError) -> Bool {
    if place > 0 { return true }
    let rowBytes = layout.valuesPerRow * size
    // A band exists if a row follows those of the band before it.
    let needed = band == 0 ? 1 : (band - 1) * layout.step + layout.block[0] + 1
    let (first, end) = (band * layout.step, band * layout.step + layout.block[0])
    while !hasEnded, firstRow + rows.count / rowBytes < end {
      if first > firstRow {
        let dropped = min(first - firstRow, rows.count / rowBytes)
        rows.removeFirst(dropped * rowBytes)
        firstRow += dropped
      }
      let missing = end - firstRow - rows.count / rowBytes
      guard let batch = try base.read(maxRows: max(missing, Self.pieceBytes / rowBytes)) else {
        complete(afterRow: firstRow + rows.count / rowBytes)
        break
      }
      rows += batch.bytes
    }
    return firstRow + rows.count / rowBytes >= needed
  }

  /// Completes the description.
  private func complete(afterRow count: Int) {
    hasEnded = true
    guard layout.rows == nil, let whole = layout.with(rows: count) else { return }
    layout = whole
    description.rows = whole.samples
    description.array?.layout = whole
    description.array?.format = base.description.format
  }
}
