import SampleIO
import VAE

extension Codec {
  /// Draws new samples: latents from the prior that codes them, each by itself, and what the network makes of them.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - quality: whose prior and network are taken, 0 ... 100; the nearest that uses the network.
  ///   - seed: where random numbers start: equal seeds give equal samples.
  ///   - makeWriter: called once, with what the samples are. The writer is finished in the end.
  /// - Throws: ``CodecError/noLatents(name:)`` for a model without a network, named `name`.
  public func sample(
    _ count: Int, from model: FittedModel, name: String, quality: Double = 60, seed: UInt64 = 0,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> EmbedReport {
    let clock = ContinuousClock()
    let start = clock.now
    let wanted = Int(FittedModel.clamped(quality).rounded())
    let parts = model.model.qualities.enumerated().compactMap { place, point in
      point.network.map { (distance: abs(place - wanted), quality: $0.quality) }
    }
    guard let part = parts.min(by: { $0.distance < $1.distance }),
      let map = LatentMap(model.model, quality: part.quality, kernels: kernels)
    else { throw .noLatents(name: name) }
    let summary = model.summary
    let description: SampleDescription
    do {
      description = try SampleDescription(
        elementType: summary.elementType, sampleShape: summary.sampleShape,
        format: .npy(version: 1, bigEndian: false), rows: count)
    } catch {
      throw .samples(error)
    }
    let writer = try makeWriter(description)
    var random = RandomSource(seed: seed)
    var done = 0
    while done < count {
      let rows = min(map.blockRows, count - done)
      var latents = [Float](repeating: 0, count: rows * map.count)
      var samples = [Float](repeating: 0, count: rows * summary.valuesPerSample)
      latents.withUnsafeMutableBufferPointer { map.draw(rows, &random, into: $0) }
      latents.withUnsafeBufferPointer { latents in
        samples.withUnsafeMutableBufferPointer { map.samples(of: latents, rows: rows, into: $0) }
      }
      try writing(
        SampleBatch(
          floats: samples, elementType: summary.elementType, valuesPerSample: summary.valuesPerSample),
        to: writer)
      done += rows
    }
    try finishing(writer)
    return EmbedReport(
      samples: count, latents: map.count, missingValues: 0, seconds: (clock.now - start) / .seconds(1))
  }
}
