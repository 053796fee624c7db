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
      let first = try open()
      let survey = try PackSurvey(first, .automatic)
      var own = options
      let bound = try survey.bound(options.errorBound, name: name, first.description, first.table)
      own.errorBound = bound.map { .found($0.isLossless ? survey.units.lossless : $0) }
      return try encodeWithoutModel(
        try open(), name: name, options: own,
        details: EncodeDetails(scale: survey.scale, units: survey.units), to: sink, reopen: open)
    }
  }
}
