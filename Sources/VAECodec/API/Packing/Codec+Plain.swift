import ByteIO
import Records

extension Codec {
  /// Encodes samples without a model: each value is predicted from preceding values alone. Nothing is fitted or tried.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - options: with an error bound, or a target other than a quality.
  ///   - sink: receives the whole stream; it is not finished.
  ///   - open: returns a reader of the samples from the first on, each time it is called.
  package func encodePlain(
    name: String, options: EncodeOptions, to sink: any ByteSink,
    open: () throws(CodecError) -> any SampleReader
  ) throws(CodecError) -> EncodeReport {
    try withoutActuallyEscaping(open) { (open) throws(CodecError) in
      try encodeWithoutModel(try open(), name: name, options: options, to: sink, reopen: open)
    }
  }
}
