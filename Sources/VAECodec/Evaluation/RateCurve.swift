import Tensor

/// Rate against distortion, as a curve that can be read off between its points.
package struct RateCurve {
  private let points: [(bits: Double, psnr: Double)]

  /// - Parameter points: in any order.
  package init(_ points: [(bits: Double, psnr: Double)]) {
    self.points = points.filter { $0.bits > 0 && $0.psnr.isFinite }.sorted { $0.psnr < $1.psnr }
  }

  /// Bits a sample at a PSNR: linear in PSNR and the logarithm of bits. nil outside the curve.
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
