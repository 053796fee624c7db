import Tensor

/// A rate-distortion curve, interpolated between its points.
package struct RateCurve {
  private let points: [(bits: Double, psnr: Double)]

  /// - Parameter points: in any order.
  package init(_ points: [(bits: Double, psnr: Double)]) {
    self.points = points.filter { $0.bits > 0 && $0.psnr.isFinite }.sorted { $0.psnr < $1.psnr }
  }

  /// The bits per sample at a PSNR in dB: the logarithm of bits is linear in PSNR. Nil outside the curve.
  package func bits(at psnr: Double) -> Double? {
    guard let above = points.firstIndex(where: { $0.psnr >= psnr }) else { return nil }
    let high = points[above]
    guard above > 0 else { return high.psnr == psnr ? high.bits : nil }
    let low = points[above - 1]
    let part = (psnr - low.psnr) / (high.psnr - low.psnr)
    let (below, beyond) = (logarithm(low.bits), logarithm(high.bits))
    return exponential(below + part * (beyond - below))
  }
}
