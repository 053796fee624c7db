import SampleIO
import VAE

/// Finds the quality of some samples for a target, and holds what it has measured on the way.
///
/// Streams are written and decoded to measure them. Of many samples, some are measured at the qualities of a bisection,
/// and all of them at the few where the target is close.
final class TargetSearch {
  /// A quality that reaches the target, and the value that it reaches.
  struct Choice {
    var quality: Int
    var reached: Double
    /// Of the pass that measured it.
    var digest: UInt64
  }

  private let pass: EncodingPass
  private let target: EncodeTarget
  /// Rows of all samples.
  private let rows: Int
  /// Rows of the stream, of which the samples may be the beginning.
  private let streamRows: Int
  private let record: TargetRecord?
  private let source: () throws(CodecError) -> EncodingPass.Source
  private var measured: [Int: Choice] = [:]
  private var estimated: [Int: Double] = [:]

  /// - Parameters:
  ///   - pass: for streams of these samples.
  ///   - rows: how many samples there are.
  ///   - streamRows: how many the stream will have, of which these are the first.
  ///   - source: gives the samples, as often as it is called.
  init(
    _ pass: EncodingPass, target: EncodeTarget, rows: Int, streamRows: Int,
    source: @escaping () throws(CodecError) -> EncodingPass.Source
  ) {
    self.pass = pass
    self.target = target
    self.rows = rows
    self.streamRows = streamRows
    self.source = source
    record = TargetRecord(target, psnr: 0, isOfFirstChunk: false)
  }

  /// The lowest quality that reaches a PSNR, the highest that keeps to a rate.
  ///
  /// - Parameter sample: some of the rows, to search with; nil where all of them are few enough.
  /// - Throws: ``CodecError/targetOutOfReach(name:asked:nearest:)``.
  func choice(sample: SampleBatch?) throws(CodecError) -> Choice {
    let step: Int?
    if let sample {
      let first = try leastEstimated(sample, correction: 0)
      step = try QualitySearch.least(
        first: first,
        guess: { (step) throws(CodecError) in
          let difference = target.score(try measure(step).reached) - target.score(try estimate(step, sample))
          return try leastEstimated(sample, correction: difference)
        },
        holds: { (step) throws(CodecError) in try holds(step) })
    } else {
      step = try QualitySearch.least { (step) throws(CodecError) in try holds(step) }
    }
    guard let step else {
      let values = measured.values.map(\.reached)
      var nearest = (target.wantsQuality ? values.max() : values.min()) ?? 0
      if case .bytes = target {
        // The header of a stream for a larger size may be longer: a larger number is in it.
        let larger = TargetRecord(.bytes(Int(min(nearest, 1e18)) + 16), psnr: 0, isOfFirstChunk: false)
        nearest += Double((larger?.size ?? 0) - (record?.size ?? 0))
      }
      throw .targetOutOfReach(name: pass.name, asked: target, nearest: nearest)
    }
    return try measure(step)
  }

  /// Steps go towards what is easier to reach.
  private func quality(_ step: Int) -> Int { target.wantsQuality ? step : QualitySearch.top - step }

  private func holds(_ step: Int) throws(CodecError) -> Bool {
    target.isReached(by: try measure(step).reached)
  }

  /// A stream of all samples.
  private func measure(_ step: Int) throws(CodecError) -> Choice {
    if let known = measured[step] { return known }
    let quality = quality(step)
    let result = try run(pass, try source(), quality)
    let choice = Choice(
      quality: quality, reached: value(result, rows: rows), digest: result.digest)
    measured[step] = choice
    return choice
  }

  /// What some of the samples make one expect.
  private func estimate(_ step: Int, _ sample: SampleBatch) throws(CodecError) -> Double {
    if let known = estimated[step] { return known }
    var part = pass
    part.chunkRows = sample.rows
    part.hasSingleChunk = false
    part.description.rows = sample.rows
    let quality = quality(step)
    let result = try run(part, Self.source(of: [SampleChunk(batch: sample)]), quality)
    let estimate = value(result, rows: sample.rows)
    estimated[step] = estimate
    return estimate
  }

  /// The least step by the sample, whose scores are off by `correction`; the highest where it is none.
  private func leastEstimated(_ sample: SampleBatch, correction: Double) throws(CodecError) -> Int {
    try QualitySearch.least { (step) throws(CodecError) in
      target.score(try estimate(step, sample)) + correction >= target.askedScore
    } ?? QualitySearch.top
  }

  private func run(
    _ pass: EncodingPass, _ source: EncodingPass.Source, _ quality: Int
  ) throws(CodecError) -> EncodingPass.Result {
    try pass.run(
      source, quality: quality, record: record, measuresDistortion: target.wantsQuality, to: EmptySink())
  }

  /// The value, in the target's unit, that a stream of `rows` lets one expect of the whole stream.
  private func value(_ result: EncodingPass.Result, rows: Int) -> Double {
    if target.wantsQuality {
      return Distortion.psnr(mse: result.distortion.mse, peak: pass.model.summary.peak)
    }
    var bytes = Double(result.streamBytes)
    if rows > 0, streamRows > rows {
      let header = Double(result.headerBytes)
      bytes = header + (bytes - header) * Double(streamRows) / Double(rows)
    }
    if case .bytes = target { return bytes }
    return streamRows == 0 ? 0 : 8 * bytes / Double(streamRows)
  }

  /// Chunks in memory as a source.
  static func source(of chunks: [SampleChunk]) -> EncodingPass.Source {
    var rest = chunks[...]
    return { () throws(CodecError) in rest.popFirst() }
  }
}
