import VAEModel

extension FittedModel {
  /// How much more than the rows that the fit held out the samples of a stream cost, in percent of their bits; nil if that
  /// is at most ``notableExcessPercent``, if the samples are too few to tell, or if it is not known: for a bound on every
  /// value.
  ///
  /// The cost is the rate, plus the bits that would bring the error to that of held-out rows at this quality, by the slope
  /// of their rate over PSNR. It needs no pass over the samples: the fit has measured held-out rows.
  public func notableExcess(of report: EncodeReport) -> Double? {
    guard let quality = report.quality, report.errorBound == nil,
      report.samples >= Self.leastJudgedSamples,
      let expected = expectation(quality: quality), expected.bits >= 1
    else { return nil }
    // The header and the seek table are small beside that many samples, but are not the samples' own.
    let bytes = report.streamBytes - report.modelBytes - report.textBytes - Self.ownBytes
    var bits = 8 * Double(bytes) / Double(report.samples)
    if let psnr = report.psnr, psnr.isFinite, expected.psnr.isFinite {
      bits += expected.bitsPerDecibel * (expected.psnr - psnr)
    }
    let excess = 100 * (bits / expected.bits - 1)
    return excess > Self.notableExcessPercent ? excess : nil
  }

  /// An excess of which encoders tell.
  private static let notableExcessPercent = 25.0
  private static let leastJudgedSamples = 50
  /// About the bytes of header and seek table.
  private static let ownBytes = 100

  /// What held-out rows take at a quality: bits per sample, PSNR in dB, and their slope.
  private typealias Expectation = (bits: Double, psnr: Double, bitsPerDecibel: Double)

  /// Interpolated between the two measured qualities around; nil if there are none.
  private func expectation(quality: Double) -> Expectation? {
    let points = summary.points
    guard let high = points.indices.dropFirst().first(where: { points[$0].quality >= quality }) else {
      return nil
    }
    let (a, b) = (points[high - 1], points[high])
    guard b.quality > a.quality, a.quality <= quality else { return nil }
    let share = (quality - a.quality) / (b.quality - a.quality)
    let slope = (b.bitsPerSample - a.bitsPerSample) / (b.psnr - a.psnr)
    return (
      a.bitsPerSample + share * (b.bitsPerSample - a.bitsPerSample),
      share == 1 ? b.psnr : a.psnr + share * (b.psnr - a.psnr), slope.isFinite ? max(0, slope) : 0
    )
  }
}
