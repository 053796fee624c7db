/// The natural logarithm and the exponential function by additions, multiplications and divisions of binary64 alone, so that they give
/// the same bits everywhere. The error is about 2^-52 of the exponent's share: about 10^-13 at most.
enum Logarithm {
  private static let ln2 = 0.6931471805599453
  /// The range of ``exp(_:)``: 2^-1000 to 2^1023.
  private static let range = -693.0...709.0

  /// The logarithm of a finite number above 0: e ln 2 + 2 artanh z, where z = (m - 1) / (m + 1) for a mantissa near 1.
  @inline(__always)
  static func log(_ number: Double) -> Double {
    var (mantissa, exponent) = (number.significand, Double(number.exponent))
    if mantissa > 1.4142135623730951 { (mantissa, exponent) = (mantissa * 0.5, exponent + 1) }
    let z = (mantissa - 1) / (mantissa + 1)
    let square = z * z
    var sum = 1.0 / 21
    for divisor in [19.0, 17, 15, 13, 11, 9, 7, 5, 3, 1] { sum = sum * square + 1 / divisor }
    return exponent * ln2 + 2 * z * sum
  }

  /// e^x; infinity beyond binary64.
  @inline(__always)
  static func exp(_ x: Double) -> Double {
    guard x <= range.upperBound else { return .infinity }
    let x = x > range.lowerBound ? x : range.lowerBound
    let whole = (x / ln2 + 0.5).rounded(.down)
    let rest = x - whole * ln2
    var sum = 1.0
    for divisor in [13.0, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1] { sum = sum * rest / divisor + 1 }
    return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
  }
}
