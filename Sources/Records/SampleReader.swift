/// Reads an array of samples batch by batch.
package protocol SampleReader: AnyObject {
  /// The description of the samples. Its `rows` may be nil until the end is reached.
  var description: SampleDescription { get }

  /// The approximate size in bytes of a row's text, if batches have text.
  var textBytesPerRow: Int? { get }

  /// The columns of the table that is read, and which of them are samples' values; nil for anything else.
  var table: FittedColumns? { get }

  /// The values that stand for missing ones.
  var missing: MissingValues { get }

  /// How the text of batches is read for words, where it is not kept for its own sake; nil where batches have none.
  var wordText: KeptText? { get }

  /// Reads the next samples: `maxRows` of them, or as many as are left; nil when none is.
  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch?
}

extension SampleReader {
  package var textBytesPerRow: Int? { nil }
  package var table: FittedColumns? { nil }
  package var missing: MissingValues { MissingValues() }
  package var wordText: KeptText? { nil }
}

/// Writes an array of samples batch by batch.
package protocol SampleWriter: AnyObject {
  /// Writes the samples of `batch`. Values of another type than the description's are converted.
  func write(_ batch: SampleBatch) throws(SampleIOError)

  /// Completes the array, and finishes the underlying sink. Nothing may be written afterwards.
  func finish() throws(SampleIOError)
}
