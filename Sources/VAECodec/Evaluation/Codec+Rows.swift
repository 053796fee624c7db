import ByteIO
import Container
import Records
import Transform

extension Codec {
  /// Bits of the symbols of some samples' rows.
  ///
  /// - Parameters:
  ///   - coding: how the samples were encoded.
  ///   - effort: the same.
  /// - Returns: one number for each of the rows that ``RowGatherer`` counts.
  func rowBits(
    _ samples: InMemorySamples, coding: EncodeReport.Coding, effort: Int
  ) throws(CodecError) -> [Double] {
    let wanted = samples.spread(most: RowGatherer.maximumCounted)
    let blockRows = min(
      Self.countedBlockRows, ChunkCodingContext.defaultChunkRows(values: coding.model.values))
    let plan = ChunkCodingContext(
      coding.model, at: coding.point, chunkRows: blockRows, effort: Effort(effort), kernels: kernels)
    let codecs = ChunkCodecs(plan, samples.description, workers: workers.count)
    var (bits, next): ([Double], Int) = ([], 0)
    bits.reserveCapacity(wanted.count)
    try ChunkPipeline(threads: workers.count).run(
      next: { () throws(CodecError) -> SampleBatch? in
        let rows = wanted[next..<min(wanted.count, next + blockRows)].map(\.row)
        next += rows.count
        return samples.rows(rows)
      },
      work: { worker, batch in codecs.rowBits(of: batch, worker: worker) },
      use: { (found: [Double]) throws(CodecError) in bits += found })
    return bits
  }

  /// The number of rows whose bits are counted at once.
  private static let countedBlockRows = 1024

  /// The two strongest latents of given rows, in ascending order of rows; none if the model has no network.
  func latents(
    of samples: InMemorySamples, _ model: FittedModel
  ) -> (_ rows: [(place: Int, row: Int)]) -> [EvaluatedRows.Latents] {
    { rows in
      guard let map = LatentMap(model.model, kernels: self.kernels), map.count > 0 else { return [] }
      var found: [EvaluatedRows.Latents] = []
      for first in stride(from: 0, to: rows.count, by: map.blockRows) {
        let block = rows[first..<min(rows.count, first + map.blockRows)]
        guard let batch = samples.rows(block.map(\.row)) else { continue }
        var numbers = batch.without(samples.description.missing).numbers(in: model.model.scales)
        _ = numbers.withUnsafeMutableBufferPointer { model.model.replaceMissing(in: $0) }
        var latents = [Float](repeating: 0, count: block.count * map.count)
        numbers.withUnsafeBufferPointer { numbers in
          latents.withUnsafeMutableBufferPointer { map.latents(of: numbers, rows: block.count, into: $0) }
        }
        for (i, row) in block.enumerated() {
          let own = latents[i * map.count..<(i + 1) * map.count].prefix(2).map { Double($0) }
          found.append(
            EvaluatedRows.Latents(place: row.place, first: own[0], second: own.count > 1 ? own[1] : nil))
        }
      }
      return found
    }
  }
}
