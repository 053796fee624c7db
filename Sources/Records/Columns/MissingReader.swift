/// Reads an array in which some numbers stand for missing values, and says so.
final class MissingReader: SampleReader {
  private let base: any SampleReader
  let missing: MissingValues
  var description: SampleDescription {
    var description = base.description
    description.missing = missing.numbers
    return description
  }
  var textBytesPerRow: Int? { base.textBytesPerRow }
  var table: FittedColumns? { base.table }

  init(_ base: any SampleReader, _ missing: MissingValues) { (self.base, self.missing) = (base, missing) }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? { try base.read(maxRows: maxRows) }
}

extension SampleBatch {
  /// The same samples with NaN for numbers that stand for missing values; in binary64 where values are integers.
  package func without(_ missing: [Double]) -> SampleBatch {
    guard !missing.isEmpty else { return self }
    let values = doubles()
    guard values.contains(where: { missing.contains($0) }) else {
      return elementType.isInteger ? converted(to: .f8) : self
    }
    let batch = SampleBatch(
      doubles: values.map { missing.contains($0) ? .nan : $0 }, elementType: .f8,
      valuesPerSample: valuesPerSample)
    return elementType.isInteger ? batch : batch.converted(to: elementType)
  }
}
