import Records
import Transform

/// The outcome of embedding.
public struct EmbedReport: Sendable {
  /// The number of samples.
  public var samples: Int
  /// The number of latents per sample that were written or read.
  public var latents: Int
  /// The number of non-finite values of the samples, which were replaced by the mean.
  public var missingValues: Int
  /// The wall-clock time in seconds.
  public var seconds: Double
}

extension Codec {
  /// Maps samples to their latents: an array of binary32, samples x latents, strongest latent first.
  ///
  /// - Parameters:
  ///   - given: the samples, or the array that the model's layout cuts into samples; windows overlap as in training.
  ///   - name: the input in messages.
  ///   - model: the model that maps them.
  ///   - latents: the number of latents, strongest first; nil for all.
  ///   - makeWriter: called once with the description of the latents. The writer is finished at the end.
  /// - Throws: ``CodecError/noLatents(name:)``, ``CodecError/fewerLatents(name:asked:most:)``, and errors of the reader
  ///   and the writer.
  package func embed(
    _ given: any SampleReader, name: String, model: FittedModel, latents: Int? = nil,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> EmbedReport {
    let clock = ContinuousClock()
    let start = clock.now
    let reader = try model.cutting(given, name: name, overlaps: true, memory: memory)
    try model.accepts(reader.description, name: name)
    guard let map = LatentMap(model.model, kernels: kernels) else { throw .noLatents(name: name) }
    let kept = latents ?? map.count
    guard kept <= map.count else { throw .fewerLatents(name: name, asked: kept, most: map.count) }
    let writer = try makeWriter(.npy(.f4, [kept], rows: reader.description.rows))
    var report = EmbedReport(samples: 0, latents: kept, missingValues: 0, seconds: 0)
    while let batch = try reading(reader, map.blockRows) {
      let (all, missing) = self.latents(of: batch, map, model)
      report.missingValues += missing
      let chosen =
        kept == map.count
        ? all : (0..<batch.rows).flatMap { all[$0 * map.count..<$0 * map.count + kept] }
      try writing(
        SampleBatch(floats: chosen, elementType: .f4, valuesPerSample: kept), to: writer)
      report.samples += batch.rows
    }
    try finishing(writer)
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }

  /// Maps latents back to samples of the model's type and shape. Omitted latents are set to the mean of their prior.
  ///
  /// - Parameters:
  ///   - reader: rows of as many numbers as there are latents, or fewer.
  ///   - name: the input in messages.
  ///   - model: the model that maps them.
  ///   - makeWriter: called once with the description of the samples. The writer is finished at the end.
  /// - Throws: see ``embed(_:name:model:latents:makeWriter:)``; and ``CodecError/badLatent(name:row:column:)`` for a
  ///   latent that is not finite.
  package func invert(
    _ reader: any SampleReader, name: String, model: FittedModel,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> EmbedReport {
    let clock = ContinuousClock()
    let start = clock.now
    guard let map = LatentMap(model.model, kernels: kernels) else { throw .noLatents(name: name) }
    let given = reader.description.valuesPerSample
    guard given <= map.count else { throw .fewerLatents(name: name, asked: given, most: map.count) }
    let writer = try makeWriter(model.description(rows: reader.description.rows))
    var report = EmbedReport(samples: 0, latents: given, missingValues: 0, seconds: 0)
    let rest = map.means
    while let batch = try reading(reader, map.blockRows) {
      let numbers = batch.floats()
      if let place = numbers.firstIndex(where: { !$0.isFinite }) {
        throw .badLatent(name: name, row: report.samples + place / given + 1, column: place % given + 1)
      }
      var latents: [Float] = []
      latents.reserveCapacity(batch.rows * map.count)
      for r in 0..<batch.rows { latents += numbers[r * given..<(r + 1) * given] + rest[given...] }
      try writing(batchOf(latents, map, model), to: writer)
      report.samples += batch.rows
    }
    try finishing(writer)
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }

  /// The samples for at most a block of latents, in the model's type.
  func batchOf(_ latents: [Float], _ map: LatentMap, _ model: FittedModel) -> SampleBatch {
    let summary = model.summary
    let rows = latents.count / map.count
    var samples = [Float](repeating: 0, count: rows * summary.valuesPerSample)
    latents.withUnsafeBufferPointer { latents in
      samples.withUnsafeMutableBufferPointer { map.samples(of: latents, rows: rows, into: $0) }
    }
    return SampleBatch(
      numbers: samples, in: model.model.scales, elementType: summary.elementType,
      valuesPerSample: summary.valuesPerSample
    ).clamped(to: summary.type)
  }

  /// The latents of at most a block of samples, and the number of their missing values.
  func latents(
    of batch: SampleBatch, _ map: LatentMap, _ model: FittedModel
  ) -> (latents: [Float], missing: Int) {
    var numbers = batch.without(model.notes.missing.numbers).numbers(in: model.model.scales)
    let missing = numbers.withUnsafeMutableBufferPointer { model.model.replaceMissing(in: $0) }
    var latents = [Float](repeating: 0, count: batch.rows * map.count)
    numbers.withUnsafeBufferPointer { numbers in
      latents.withUnsafeMutableBufferPointer { map.latents(of: numbers, rows: batch.rows, into: $0) }
    }
    return (latents, missing)
  }
}

extension FittedModel {
  /// The description of `rows` samples of the model's type and shape; nil if their number is unknown. Those of a table are
  /// CSV, with the names and decimals of the fitted columns.
  func description(rows: Int?) throws(CodecError) -> SampleDescription {
    guard let table = notes.table else {
      return try .npy(summary.type, summary.sampleShape, rows: rows)
    }
    var style = DelimitedStyle()
    style.header = table.modelledNames
    style.decimals = table.decimals
    do {
      return try SampleDescription(
        type: summary.type, sampleShape: summary.sampleShape, format: .delimited(style), rows: rows)
    } catch {
      throw .samples(error)
    }
  }
}
