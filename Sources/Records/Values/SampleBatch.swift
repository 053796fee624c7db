/// Some consecutive samples, in host byte order, row by row.
package struct SampleBatch: Equatable, Sendable {
  /// The type of a value.
  package let elementType: ElementType
  /// Values in one sample.
  package let valuesPerSample: Int
  /// How many samples there are.
  package let rows: Int
  /// The values: exactly `rows * valuesPerSample * elementType.size` bytes.
  package let bytes: [UInt8]
  /// The rows' own text, where it is kept beside the numbers.
  package var text: RowText?

  /// A batch of the samples in `bytes`, whose number must be a multiple of the bytes of a sample.
  package init(elementType: ElementType, valuesPerSample: Int, bytes: [UInt8]) {
    precondition(valuesPerSample > 0)
    let sampleBytes = valuesPerSample * elementType.size
    precondition(bytes.count % sampleBytes == 0)
    self.elementType = elementType
    self.valuesPerSample = valuesPerSample
    self.bytes = bytes
    rows = bytes.count / sampleBytes
  }

  /// How many values all samples have together.
  package var valueCount: Int { rows * valuesPerSample }

  /// The samples of `range` alone.
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
