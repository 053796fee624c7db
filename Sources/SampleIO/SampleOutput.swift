import ByteIO

/// Opens the writer for a description.
public enum SampleOutput {
  /// A writer of samples as `description` says, to `sink`, which it finishes in the end.
  ///
  /// When `description.rows` is nil or turns out wrong, the count in the header is corrected in place on a
  /// ``PatchableSink``; otherwise rows are kept in an unlinked temporary file until their number is known.
  public static func make(
    _ description: SampleDescription, to sink: any ByteSink
  ) throws(SampleIOError) -> any SampleWriter { fatalError("to come") }

  /// `sink` behind a compressor, when `name` ends in .gz or .zst; `sink` itself otherwise.
  public static func sink(
    wrapping sink: any ByteSink, forName name: String
  ) throws(SampleIOError) -> any ByteSink { fatalError("to come") }
}

extension SampleDescription {
  /// The description of the same samples in another format, with the nearest element type that it can hold.
  public func reformatted(as format: FormatName) throws(SampleIOError) -> SampleDescription { fatalError("to come") }
}
