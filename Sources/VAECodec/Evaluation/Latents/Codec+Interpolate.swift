import Records
import Transform

extension Codec {
  /// One end of an interpolation.
  public struct WalkEnd {
    /// The samples that contain the end.
    package var reader: any SampleReader
    /// The samples in messages.
    public var name: String
    /// The row number of the end, from 0; nil if there is only one row.
    public var row: Int?

    /// Creates an end of an interpolation.
    package init(reader: any SampleReader, name: String, row: Int? = nil) {
      self.reader = reader
      self.name = name
      self.row = row
    }
  }

  /// Interpolates between two samples in equal steps along the line between their latents, and writes the network's
  /// reconstruction at each step, ends included.
  ///
  /// - Parameters:
  ///   - first: the start.
  ///   - last: the end.
  ///   - count: the number of samples to write, at least 2.
  ///   - model: the model that maps the ends.
  ///   - modelName: the model in messages.
  ///   - makeWriter: called once with the description of the samples. The writer is finished at the end.
  /// - Throws: ``CodecError/severalRows(name:)``, ``CodecError/noSuchRow(name:row:rows:)``,
  ///   ``CodecError/noLatents(name:)``, and errors of the readers and the writer.
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
    let new = NewRows(self, model, map)
    let writer = try makeWriter(new.description(rows: count))
    for begin in stride(from: 0, to: count, by: map.blockRows) {
      let steps = begin..<min(count, begin + map.blockRows)
      let latents = steps.flatMap { step in
        let t = Float(step) / Float(count - 1)
        return a.indices.map { (1 - t) * a[$0] + t * b[$0] }
      }
      try writing(new.batch(latents), to: writer)
    }
    try finishing(writer)
    return SampleReport(
      samples: count, sampler: nil, missingValues: missingA + missingB,
      seconds: (clock.now - start) / .seconds(1), labels: new.columns.labels, leftOut: new.columns.leftOut)
  }

  /// The latents of an end.
  private func latents(
    of end: WalkEnd, _ map: LatentMap, _ model: FittedModel
  ) throws(CodecError) -> (latents: [Float], missing: Int) {
    let reader = try model.cutting(end.reader, name: end.name, memory: memory)
    try model.accepts(reader.description, name: end.name)
    var rows = 0
    var found: SampleBatch?
    while let batch = try reading(reader, map.blockRows) {
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
