import Records
import Transform

extension Codec {
  /// The information in samples under a model: the bits of each one's symbols at a quality, by the frequency tables that
  /// code them. Samples that are unlike the fitted ones take more.
  ///
  /// - Parameters:
  ///   - given: the samples, or the array that the model's layout cuts into samples.
  ///   - name: the input in messages.
  ///   - model: the model that codes them.
  ///   - quality: 0 ... 100.
  /// - Returns: one number for each sample. They exclude non-finite values and the file's overhead.
  package func scoreRows(
    _ given: any SampleReader, name: String, model: FittedModel, quality: Double = 50
  ) throws(CodecError) -> [Double] {
    let reader = try model.cutting(given, name: name, memory: memory)
    try model.accepts(reader.description, name: name)
    let piece = max(
      1, min(RowGatherer.maximumCounted, (1 << 22) / max(1, reader.description.valuesPerSample)))
    var bits: [Double] = []
    while let batch = try reading(reader, piece) {
      let samples = InMemorySamples([batch], reader.description)
      bits += try rowBits(
        samples, coding: (model.model, model.point(quality: quality)), effort: Effort.standard.level)
    }
    return bits
  }
}
