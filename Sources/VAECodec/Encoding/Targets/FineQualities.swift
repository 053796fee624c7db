import Records
import Tensor
import Transform

/// The qualities of floating-point samples above the model's last operating point: error bounds in equal steps of PSNR,
/// down to below the data's own noise.
///
/// Each bound follows from the peak of the fitted data and the type of the values, so that it is the same for pipes.
/// Only the setting is searched, on the first chunk. Results are cached by quality.
final class FineQualities {
  /// The PSNR in dB at which the operating points end, and that of quality 100. Half precision has 11 bits.
  static let coarsest = 70.0
  private static let (finest, finestOfHalves) = (140.0, 80.0)

  private let pass: StreamEncoder
  private let first: SampleBatch
  private var bounds: [Int: StreamEncoder.Bound] = [:]

  /// - Returns: nil if the model's operating points cover every quality.
  init?(_ pass: StreamEncoder, first: SampleBatch) {
    guard pass.model.highestPoint < 100 else { return nil }
    self.pass = pass
    self.first = first
  }

  /// The error bound and setting of a quality, 0 ... 100; nil if the model's operating point codes it.
  func bound(quality: Int) -> StreamEncoder.Bound? {
    let last = pass.model.highestPoint
    guard quality > last else { return nil }
    if let known = bounds[quality] { return known }
    let type = pass.description.elementType
    let range = (type == .f2 ? Self.finestOfHalves : Self.finest) - Self.coarsest
    let psnr = Self.coarsest + range * Double(quality - last) / Double(100 - last)
    // Numbers with few decimals become exact before the bound reaches their noise.
    let units = BoundUnits(pass.description, pass.model.model.scales)
    let errorBound =
      pass.description.format == pass.description.format.withoutDecimals
      ? units.bound(psnr: psnr, peak: pass.model.summary.peak) : units.lossless
    let bound = ErrorBoundSearch.cheapest(errorBound, pass, first: first).bound
    bounds[quality] = bound
    return bound
  }
}

extension FittedModel {
  /// The highest quality that is an operating point of the model. ``FineQualities`` continues above it.
  var highestPoint: Int { model.output.isInteger ? 100 : QualityLadder.highestOfFractions }
}
