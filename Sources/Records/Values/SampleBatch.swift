/// Consecutive samples, in host byte order, row by row.
package struct SampleBatch: Equatable, Sendable {
  /// The type of a value.
  package let elementType: ElementType
  /// The number of values in a sample.
  package let valuesPerSample: Int
  /// The number of samples.
  package let rows: Int
  /// The values: exactly `rows * valuesPerSample * elementType.size` bytes.
  package let bytes: [UInt8]
  /// The text of the rows, if it is kept beside the numbers.
  package var text: RowText?

  /// Creates a batch from the bytes of its samples, whose number must be a multiple of a sample's size.
  package init(elementType: ElementType, valuesPerSample: Int, bytes: [UInt8]) {
    precondition(valuesPerSample > 0)
    let sampleBytes = valuesPerSample * elementType.size
    precondition(bytes.count % sampleBytes == 0)
    self.elementType = elementType
    self.valuesPerSample = valuesPerSample
    self.bytes = bytes
    rows = bytes.count / sampleBytes
  }

  /// The number of values in all samples together.
  package var valueCount: Int { rows * valuesPerSample }

  /// The samples in `range`.
  package func rows(_ range: Range<Int>) -> SampleBatch {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    let size = valuesPerSample * elementType.size
    var part = SampleBatch(
      elementType: elementType, valuesPerSample: valuesPerSample,
      bytes: Array(bytes[range.lowerBound * size..<range.upperBound * size]))
    part.text = text?.rows(range)
    return part
  }
}
