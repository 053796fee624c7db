import Records

/// Reads a table whose text is kept, and leaves the numbers in the text: the values beside it are 0.
final class WholeTextReader: SampleReader {
  private let reader: any SampleReader

  init(_ reader: any SampleReader) { self.reader = reader }

  var textBytesPerRow: Int? { reader.textBytesPerRow }

  var description: SampleDescription { reader.description.whole }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    guard let batch = try reader.read(maxRows: maxRows) else { return nil }
    var whole = SampleBatch(
      elementType: batch.elementType, valuesPerSample: batch.valuesPerSample,
      bytes: [UInt8](repeating: 0, count: batch.bytes.count))
    whole.text = batch.text
    return whole
  }
}
