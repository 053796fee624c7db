import VAE

/// Sums of the differences between samples and what was decoded of them.
struct Distortion {
  /// PSNR of values that are all exact, in dB: there is no larger number that means anything.
  static let exactPSNR = 200.0

  private(set) var squares = 0.0
  private(set) var maximum = 0.0
  private(set) var count = 0

  mutating func add(_ original: [Double], _ decoded: [Double]) {
    // What is no finite number comes back as it is.
    for (a, b) in zip(original, decoded) where a.isFinite {
      let d = (a - b).magnitude
      squares += d * d
      maximum = max(maximum, d)
    }
    count += original.count
  }

  /// Mean squared error, in squared units of the data.
  var mse: Double { count == 0 ? 0 : squares / Double(count) }

  /// In dB, at most ``exactPSNR``.
  static func psnr(mse: Double, peak: Double) -> Double {
    let power = peak * peak
    guard power > 0, power.isFinite else { return mse > 0 ? 0 : exactPSNR }
    return decibels(power / max(mse, power * 1e-20))
  }
}
