/// Reads an array of samples batch by batch.
package protocol SampleReader: AnyObject {
  /// What is being read. Its `rows` may be nil until the end has been seen.
  var description: SampleDescription { get }

  /// Bytes of a row's text, about, where batches have it.
  var textBytesPerRow: Int? { get }

  /// Reads the next samples: `maxRows` of them, or as many as are left; nil when none is.
  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch?
}

extension SampleReader {
  package var textBytesPerRow: Int? { nil }
}

/// Writes an array of samples batch by batch.
package protocol SampleWriter: AnyObject {
  /// Writes the samples of `batch`. Values of another type than the description's are converted.
  func write(_ batch: SampleBatch) throws(SampleIOError)

  /// Completes the array, and finishes the sink below. Nothing may be written after it.
  func finish() throws(SampleIOError)
}
