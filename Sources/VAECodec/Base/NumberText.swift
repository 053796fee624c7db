// Numbers formatted for people, in tables of the command line and in reports.

extension Double {
  /// The number with `digits` decimals.
  package func fixed(_ digits: Int) -> String {
    guard isFinite else { return isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    guard abs(self) * scale < 9e15, scale < 9e15 else { return "\(self)" }
    let scaled = Int((abs(self) * scale).rounded())
    let sign = self < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(scaled)" }
    let fraction = "\(scaled % Int(scale))"
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(sign)\(scaled / Int(scale)).\(zeros)\(fraction)"
  }

  /// The number with about `digits` significant digits; without an exponent from 1e-6 up to 1e9.
  package func significant(_ digits: Int) -> String {
    let size = abs(self)
    guard size > 0, isFinite else { return fixed(0) }
    guard size >= 1e-6, size < 1e9 else {
      var (mantissa, exponent) = (size, 0)
      while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
      while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
      return "\(self < 0 ? "-" : "")\(mantissa.fixed(digits - 1))e\(exponent)"
    }
    var (bound, decimals) = (1.0, digits - 1)
    while bound * 10 <= size, decimals > 0 { (bound, decimals) = (bound * 10, decimals - 1) }
    bound = 1
    while bound > size { (bound, decimals) = (bound / 10, decimals + 1) }
    return fixed(decimals)
  }
}

/// A shape, or the widths of layers: "28 x 28".
package func text(ofShape shape: [Int]) -> String { shape.map(String.init).joined(separator: " x ") }

/// A quality: "60" or "12.5".
package func text(ofQuality quality: Double) -> String { quality.fixed(quality == quality.rounded() ? 0 : 1) }

/// "1 sample", "2 samples".
package func counted(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }

/// A duration in seconds on a clock: "0:07", "1:02:30".
package func clockText(_ seconds: Double) -> String {
  let total = Int(min(max(0, seconds), 1e9).rounded())
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  let (hours, minutes) = (total / 3600, total / 60 % 60)
  return hours > 0 ? "\(hours):\(two(minutes)):\(two(total % 60))" : "\(minutes):\(two(total % 60))"
}
