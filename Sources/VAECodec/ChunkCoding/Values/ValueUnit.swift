/// The unit that the numbers of a column are predicted in, and the number that they count from: both powers of 2 and their
/// multiples, so that nothing is rounded.
struct ValueUnit: Equatable, Sendable {
  /// The unit is 2^exponent.
  var exponent = 0
  /// In units.
  var center: Int64 = 0

  static let exponents = -1000...1000
  /// The largest center in units.
  private static let largestCenter: Int64 = 1 << 31

  init() {}

  /// Nil if the numbers are none of a unit.
  init?(exponent: Int64, center: Int64) {
    guard let exponent = Int(exactly: exponent), Self.exponents.contains(exponent),
      center.magnitude <= Self.largestCenter
    else { return nil }
    (self.exponent, self.center) = (exponent, center)
    guard (Double(center) * size).isFinite else { return nil }
  }

  /// About the deviation of numbers, and their mean.
  init(of numbers: [Double]) {
    let (mean, deviation) = Self.moments(numbers)
    let isVaried = deviation > 0 && deviation.isFinite
    self.init(mean: mean, deviation: isVaried ? deviation : max(1e-30, min(1e300, mean.magnitude)))
  }

  /// The same for what a model expects; nil if that does not vary, which tells nothing of the numbers' scale.
  init?(varying numbers: [Double]) {
    let (mean, deviation) = Self.moments(numbers)
    guard deviation > 0, deviation.isFinite, mean.isFinite else { return nil }
    self.init(mean: mean, deviation: deviation)
  }

  private static func moments(_ numbers: [Double]) -> (mean: Double, deviation: Double) {
    let count = Double(max(1, numbers.count))
    var mean = 0.0
    for number in numbers { mean += number / count }
    var squares = 0.0
    for number in numbers { squares += (number - mean) * (number - mean) / count }
    return (mean, squares.squareRoot())
  }

  private init(mean: Double, deviation: Double) {
    exponent = max(Self.exponents.lowerBound, min(Self.exponents.upperBound, Int(deviation.exponent) + 1))
    let center = (mean / size).rounded()
    self.center = center.magnitude <= 1e9 ? Int64(center) : 0
  }

  /// 2^exponent.
  var size: Double { Double(sign: .plus, exponent: exponent, significand: 1) }
}
