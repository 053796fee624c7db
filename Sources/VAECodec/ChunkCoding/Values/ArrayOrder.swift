import Records

/// The order of a chunk's values on the grid of the array that samples were cut from: bands of samples as rows of the
/// array, so that values see their neighbours across the edges of samples.
///
/// Blocks at the end of an axis keep the places outside the array, so that the order depends on nothing but the layout.
struct ArrayOrder: Equatable, Sendable {
  /// The shape of a row of the array, to the ends of its last blocks.
  let shape: [Int]
  /// The number of values in such a row.
  let valuesPerRow: Int
  /// The number of samples in a band.
  private let samplesPerBand: Int
  private let block: [Int]

  /// Nil where samples overlap, or are very large.
  init?(_ layout: ArrayLayout) {
    guard layout.step == layout.block[0] else { return nil }
    (block, samplesPerBand) = (layout.block, layout.samplesPerBand)
    shape = zip(layout.rowShape, block.dropFirst()).map { (($0 - 1) / $1 + 1) * $1 }
    var values = 1
    for length in shape {
      let (product, overflow) = values.multipliedReportingOverflow(by: length)
      guard !overflow else { return nil }
      values = product
    }
    valuesPerRow = values
  }

  /// Whether so many samples are whole bands.
  func applies(to samples: Int) -> Bool { samples > 0 && samples % samplesPerBand == 0 }

  /// The most samples that are whole bands and at most so many values, at least a band.
  func wholeBands(values: Int) -> Int {
    samplesPerBand * max(1, values / (samplesPerBand * block.reduce(1, *)))
  }

  /// Whole bands as rows of the array.
  func rows(of samples: SampleBatch) -> SampleBatch {
    let size = samples.elementType.size
    return SampleBatch(
      elementType: samples.elementType, valuesPerSample: valuesPerRow,
      bytes: moved(samples.bytes, each: size) { own, place in (own, place) })
  }

  /// The values of whole bands in the order of the array.
  func array(of samples: [Double]) -> [Double] { moved(samples, each: 1) { own, place in (own, place) } }

  /// The samples of whole bands.
  func samples(of rows: SampleBatch) -> SampleBatch {
    let size = rows.elementType.size
    return SampleBatch(
      elementType: rows.elementType, valuesPerSample: block.reduce(1, *),
      bytes: moved(rows.bytes, each: size) { own, place in (place, own) })
  }

  /// Values in the other order.
  ///
  /// - Parameters:
  ///   - size: the number of elements of a value.
  ///   - way: the place to take from, and that to put to, by those among the samples and in the array.
  private func moved<Element: BitwiseCopyable>(
    _ values: [Element], each size: Int, way: (_ own: Int, _ place: Int) -> (from: Int, to: Int)
  ) -> [Element] {
    values.withUnsafeBufferPointer { values in
      [Element](unsafeUninitializedCapacity: values.count) { result, count in
        forEachRun(of: values.count / size) { own, place, run in
          let (from, to) = way(own * size, place * size)
          for k in 0..<run * size { result.initializeElement(at: to + k, to: values[from + k]) }
        }
        count = values.count
      }
    }
  }

  /// Calls `body` for each run of values that follow one another in both orders, with its first place among the samples
  /// and in the array. The array's places come in order.
  private func forEachRun(of values: Int, _ body: (_ own: Int, _ place: Int, _ count: Int) -> Void) {
    guard let last = block.indices.dropFirst().last(where: { block[$0] != shape[$0 - 1] }) else {
      return body(0, 0, values)
    }
    // Axes that are whole in a block stay together.
    let unit = block[(last + 1)...].reduce(1, *)
    // How far places along each axis are from the first, among the samples.
    var (ofBlock, ofPlace) = (block.reduce(1, *), unit)
    var offsets: [[Int]] = []
    for axis in (1...last).reversed() {
      offsets.append((0..<shape[axis - 1]).map { $0 / block[axis] * ofBlock + $0 % block[axis] * ofPlace })
      ofBlock *= shape[axis - 1] / block[axis]
      ofPlace *= block[axis]
    }
    let lines = shape[..<(last - 1)].reduce(1, *)
    var place = 0
    for row in 0..<values / (lines * shape[last - 1] * unit) {
      let start = row / block[0] * ofBlock + row % block[0] * ofPlace
      for line in 0..<lines {
        var (own, rest) = (start, line)
        for axis in stride(from: last - 1, to: 0, by: -1) {
          own += offsets[last - axis][rest % shape[axis - 1]]
          rest /= shape[axis - 1]
        }
        for first in stride(from: 0, to: shape[last - 1], by: block[last]) {
          body(own + offsets[0][first], place, block[last] * unit)
          place += block[last] * unit
        }
      }
    }
  }
}
