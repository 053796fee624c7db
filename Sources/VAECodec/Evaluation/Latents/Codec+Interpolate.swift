import Records
import Transform

extension Codec {
  /// One end of a walk.
  public struct WalkEnd {
    /// Samples, one of which is the end.
    package var reader: any SampleReader
    /// The samples in messages.
    public var name: String
    /// The row that is the end, from 0; nil if there is one row only.
    public var row: Int?

    /// An end of a walk.
    package init(reader: any SampleReader, name: String, row: Int? = nil) {
      self.reader = reader
      self.name = name
      self.row = row
    }
  }

  /// Walks from one sample to another in equal steps along the line between their latents, and writes what the network
  /// makes of each step: the first sample is that of the first end's latents, the last that of the other's.
  ///
  /// - Parameters:
  ///   - first: where the walk begins.
  ///   - last: where it ends.
  ///   - count: samples to write, ends included; 2 or more.
  ///   - model: the model that maps the ends.
  ///   - modelName: the model in messages.
  ///   - makeWriter: called once, with what the samples are. The writer is finished in the end.
  /// - Throws: ``CodecError/severalRows(name:)`` and ``CodecError/noSuchRow(name:row:rows:)``,
  ///   ``CodecError/noLatents(name:)``, and what else is wrong with samples or writer.
  package func interpolate(
    from first: WalkEnd, to last: WalkEnd, count: Int, model: FittedModel, modelName: String,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> SampleReport {
    precondition(count >= 2)
    let clock = ContinuousClock()
    let start = clock.now
    let map = try latentMap(of: model, name: modelName, quality: nil)
    let (a, missingA) = try latents(of: first, map, model)
    let (b, missingB) = try latents(of: last, map, model)
    let writer = try makeWriter(model.summary.description(rows: count))
    for begin in stride(from: 0, to: count, by: map.blockRows) {
      let steps = begin..<min(count, begin + map.blockRows)
      let latents = steps.flatMap { step in
        let t = Float(step) / Float(count - 1)
        return a.indices.map { (1 - t) * a[$0] + t * b[$0] }
      }
      try writing(batchOf(latents, map, model), to: writer)
    }
    try finishing(writer)
    return SampleReport(
      samples: count, sampler: nil, missingValues: missingA + missingB,
      seconds: (clock.now - start) / .seconds(1))
  }

  /// The latents of an end.
  private func latents(
    of end: WalkEnd, _ map: LatentMap, _ model: FittedModel
  ) throws(CodecError) -> (latents: [Float], missing: Int) {
    try model.accepts(end.reader.description, name: end.name)
    var rows = 0
    var found: SampleBatch?
    while let batch = try reading(end.reader, map.blockRows) {
      if let row = end.row {
        if (rows..<rows + batch.rows).contains(row) { found = batch.rows(row - rows..<row - rows + 1) }
      } else {
        guard rows == 0, batch.rows == 1 else { throw .severalRows(name: end.name) }
        found = batch
      }
      rows += batch.rows
      if found != nil, end.row != nil { break }
    }
    guard let found else {
      if let row = end.row, rows > 0 { throw .noSuchRow(name: end.name, row: row, rows: rows) }
      throw .noRows(name: end.name)
    }
    return latents(of: found, map, model)
  }
}
