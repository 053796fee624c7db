import Tensor

/// The Bjontegaard delta rate: the mean difference in rate between two rate-distortion curves at equal PSNR
/// (Bjontegaard, Calculation of average PSNR differences between RD-curves, VCEG-M33, 2001).
///
/// The logarithm of the rate is interpolated over PSNR by monotone piecewise cubics (Fritsch and Butland, SIAM J. Sci.
/// Stat. Comput. 5, 1984) through each curve's efficient points, and the difference is averaged over the PSNR interval
/// that both cover.
enum BDRate {
  typealias Point = (bits: Double, psnr: Double)

  /// The number of points at which the curves are compared.
  private static let samples = 200

  /// The difference of `curve`'s rate from `baseline`'s, in percent; negative if it takes fewer bits. Nil if the curves
  /// share no PSNR interval.
  static func percent(_ curve: [Point], against baseline: [Point]) -> Double? {
    guard let a = LogRate(baseline), let b = LogRate(curve) else { return nil }
    let (low, high) = (max(a.lowest, b.lowest), min(a.highest, b.highest))
    guard high > low else { return nil }
    var sum = 0.0
    for i in 0..<samples {
      let psnr = low + (high - low) * Double(i) / Double(samples - 1)
      sum += b(psnr) - a(psnr)
    }
    return 100 * (exponential(sum / Double(samples)) - 1)
  }

  /// The logarithm of the rate as a function of PSNR.
  struct LogRate {
    private var x: [Double] = []
    private var y: [Double] = []
    private var slopes: [Double] = []

    var lowest: Double { x[0] }
    var highest: Double { x[x.count - 1] }

    /// Nil if fewer than two points are efficient. A point is efficient if no other has both a lower rate and a higher
    /// PSNR.
    init?(_ points: [Point]) {
      for point in points.filter({ $0.bits > 0 && $0.psnr.isFinite }).sorted(by: {
        ($0.psnr, $1.bits) > ($1.psnr, $0.bits)
      }) {
        guard let last = y.last, let lastX = x.last else {
          x.append(point.psnr)
          y.append(logarithm(point.bits))
          continue
        }
        if logarithm(point.bits) < last, point.psnr < lastX {
          x.append(point.psnr)
          y.append(logarithm(point.bits))
        }
      }
      x.reverse()
      y.reverse()
      guard x.count >= 2 else { return nil }
      slopes = Self.slopes(x, y)
    }

    func callAsFunction(_ at: Double) -> Double {
      var i = 0
      while i < x.count - 2, at > x[i + 1] { i += 1 }
      let h = x[i + 1] - x[i]
      let t = (at - x[i]) / h
      let (t2, t3) = (t * t, t * t * t)
      return (2 * t3 - 3 * t2 + 1) * y[i] + (t3 - 2 * t2 + t) * h * slopes[i] + (3 * t2 - 2 * t3) * y[i + 1]
        + (t3 - t2) * h * slopes[i + 1]
    }

    private static func slopes(_ x: [Double], _ y: [Double]) -> [Double] {
      let n = x.count
      let h = (0..<n - 1).map { x[$0 + 1] - x[$0] }
      let d = h.indices.map { (i: Int) -> Double in (y[i + 1] - y[i]) / h[i] }
      guard n > 2 else { return [d[0], d[0]] }
      var m = [Double](repeating: 0, count: n)
      for i in 1..<n - 1 where d[i - 1] * d[i] > 0 {
        let (w1, w2) = (2 * h[i] + h[i - 1], h[i] + 2 * h[i - 1])
        m[i] = (w1 + w2) / (w1 / d[i - 1] + w2 / d[i])
      }
      m[0] = end(h[0], h[1], d[0], d[1])
      m[n - 1] = end(h[n - 2], h[n - 3], d[n - 2], d[n - 3])
      return m
    }

    /// A one-sided slope that preserves monotonicity.
    private static func end(_ h0: Double, _ h1: Double, _ d0: Double, _ d1: Double) -> Double {
      let slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
      if slope * d0 <= 0 { return 0 }
      if d0 * d1 <= 0, slope.magnitude > 3 * d0.magnitude { return 3 * d0 }
      return slope
    }
  }
}
