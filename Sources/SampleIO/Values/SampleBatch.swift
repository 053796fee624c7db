/// Some consecutive samples, in host byte order, row by row.
public struct SampleBatch: Equatable, Sendable {
  /// The type of a value.
  public let elementType: ElementType
  /// Values in one sample.
  public let valuesPerSample: Int
  /// How many samples there are.
  public let rows: Int
  /// The values: exactly `rows * valuesPerSample * elementType.size` bytes.
  public let bytes: [UInt8]

  /// A batch of the samples in `bytes`, whose number must be a multiple of the bytes of a sample.
  public init(elementType: ElementType, valuesPerSample: Int, bytes: [UInt8]) {
    precondition(valuesPerSample > 0)
    let sampleBytes = valuesPerSample * elementType.size
    precondition(bytes.count % sampleBytes == 0)
    self.elementType = elementType
    self.valuesPerSample = valuesPerSample
    self.bytes = bytes
    rows = bytes.count / sampleBytes
  }

  /// How many values all samples have together.
  public var valueCount: Int { rows * valuesPerSample }

  /// The samples of `range` alone.
  public func rows(_ range: Range<Int>) -> SampleBatch {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    let size = valuesPerSample * elementType.size
    return SampleBatch(
      elementType: elementType, valuesPerSample: valuesPerSample,
      bytes: Array(bytes[range.lowerBound * size..<range.upperBound * size]))
  }
}
