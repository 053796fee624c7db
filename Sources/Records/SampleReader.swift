/// Reads an array of samples batch by batch.
package protocol SampleReader: AnyObject {
  /// The description of the samples. Its `rows` may be nil until the end is reached.
  var description: SampleDescription { get }

  /// The approximate size in bytes of a row's text, if batches have text.
  var textBytesPerRow: Int? { get }

  /// Reads the next samples: `maxRows` of them, or as many as are left; nil at the end.
  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch?
}

extension SampleReader {
  package var textBytesPerRow: Int? { nil }
}

/// Writes an array of samples batch by batch.
package protocol SampleWriter: AnyObject {
  /// Writes the samples of `batch`. Values of another type than the description's are converted.
  func write(_ batch: SampleBatch) throws(SampleIOError)

  /// Completes the array, and finishes the underlying sink. Nothing may be written afterwards.
  func finish() throws(SampleIOError)
}
