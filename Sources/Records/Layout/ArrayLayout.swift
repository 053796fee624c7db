/// How one array is cut into samples: a grid of blocks, each of which is a sample.
///
/// A block has a length along each axis: 1 along axes that count samples, the axis's own along axes that are whole in a
/// sample. Samples follow one another in C order of the grid, and the values of a sample in C order of its block. Blocks
/// at the end of an axis may reach beyond it; the places outside repeat the nearest value inside, and never come back.
///
/// The samples of `block[0]` consecutive rows of the array are a *band*. An array is read and written band by band.
package struct ArrayLayout: Equatable, Sendable {
  /// The rule that the layout follows.
  package let rule: LayoutRule
  /// The length of the array's first axis; nil while it is unknown.
  package let rows: Int?
  /// The lengths of the other axes, in numbers.
  package let rowShape: [Int]
  /// The length of a last axis that makes one value; 1 if there is none.
  package let numbersPerValue: Int
  /// The lengths of a block, in numbers.
  package let block: [Int]
  /// The shape of a sample: the block without axes that only count samples.
  package let sampleShape: [Int]
  /// The number of rows from the start of one band to that of the next.
  package let step: Int
  /// The number of values in a row of the array.
  package let valuesPerRow: Int
  /// The number of values in a sample.
  package let valuesPerSample: Int
  /// The number of samples in a band.
  package let samplesPerBand: Int
  /// The number of samples; nil while it is unknown.
  package let samples: Int?

  /// Nil if the rule does not apply to such an array, or its numbers of samples and values overflow.
  ///
  /// - Parameters:
  ///   - rows: the length of the first axis; nil if it is unknown.
  ///   - rowShape: the lengths of the others, in numbers, each at least 1.
  ///   - numbersPerValue: the length of a last axis that makes one value; 1 if there is none.
  package init?(_ rule: LayoutRule, rows: Int?, rowShape: [Int], numbersPerValue: Int = 1) {
    let ofValue = numbersPerValue > 1 ? [numbersPerValue] : []
    let inner = rowShape.dropLast(ofValue.count)
    let axes = inner.count + 1
    guard rows != nil || !rule.needsRows(axes: axes), rowShape.allSatisfy({ $0 > 0 }), rows ?? 0 >= 0,
      let block = rule.block(of: [max(1, rows ?? 1)] + inner)
    else { return nil }
    self.rule = rule
    self.rows = rows
    self.rowShape = rowShape
    self.numbersPerValue = numbersPerValue
    let lengths = block.lengths + ofValue
    self.block = lengths
    sampleShape = lengths.indices.filter { !block.counting.contains($0) }.map { lengths[$0] }
    let step = if case .window(_, let step) = rule { step } else { lengths[0] }
    self.step = step
    let grid = zip(rowShape, lengths.dropFirst()).map { ($0 - 1) / $1 + 1 }
    guard let perRow = Self.product(rowShape), let perSample = Self.product(lengths),
      let perBand = Self.product(grid), Self.product([lengths[0], perRow]) != nil
    else { return nil }
    (valuesPerRow, valuesPerSample, samplesPerBand) = (perRow, perSample, perBand)
    guard let rows else {
      samples = nil
      return
    }
    guard Self.product([rows, perRow]) != nil,
      let all = Self.product([Self.bands(rows: rows, length: lengths[0], step: step), perBand])
    else { return nil }
    samples = all
  }

  /// The number of bands of an array of so many rows.
  private static func bands(rows: Int, length: Int, step: Int) -> Int {
    rows == 0 ? 0 : rows <= length ? 1 : (rows - length - 1) / step + 2
  }

  /// The product; nil if it overflows.
  private static func product(_ lengths: [Int]) -> Int? {
    var product = 1
    for length in lengths {
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard !overflow else { return nil }
      product = next
    }
    return product
  }

  /// The shape of the array, in numbers; the first length is 0 while it is unknown.
  package var shape: [Int] { [rows ?? 0] + rowShape }

  /// Whether a sample is a band: the samples follow one another along the first axis.
  package var isSequence: Bool { samplesPerBand == 1 && rowShape.elementsEqual(block.dropFirst()) }

  /// The rows of the array of which a band consists, those after the end left out.
  package func rows(ofBand band: Int) -> Range<Int> {
    let first = min(band * step, rows ?? .max)
    return first..<min(first + block[0], rows ?? .max)
  }

  /// The same layout of an array of another length; nil if its numbers overflow.
  package func with(rows: Int) -> ArrayLayout? {
    ArrayLayout(rule, rows: rows, rowShape: rowShape, numbersPerValue: numbersPerValue)
  }
}
