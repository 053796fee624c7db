/// Names 64-bit integers, as ordinals, within an error bound E: the values are a multiple of 2 E + 1 away from a
/// prediction, and the multiple is the name. For E = 0, every integer has a name.
struct IntegerLattice {
  /// The error bound.
  private let bound: UInt64
  /// The distance between neighbouring values.
  private let step: UInt64
  private let least: Int64

  /// A larger bound has no further effect.
  private static let largestBound: UInt64 = 1 << 62 - 1

  /// - Parameters:
  ///   - bound: the error bound, at least 0.
  ///   - least: the smallest ordinal.
  init(bound: Double, least: Int64) {
    self.bound = Self.whole(bound)
    step = 2 * self.bound + 1
    self.least = least
  }

  /// The integer part of a bound.
  private static func whole(_ bound: Double) -> UInt64 {
    UInt64(exactly: bound.rounded(.down)).map { min($0, largestBound) } ?? largestBound
  }

  /// The number of steps from a prediction to the nearest value.
  @inline(__always)
  func difference(_ value: Int64, from prediction: Int64) -> Int64 {
    if step == 1 { return value &- prediction }
    // Adding half a step is correct, because the division rounds down.
    let isAbove = value >= prediction
    let size = UInt64(bitPattern: isAbove ? value &- prediction : prediction &- value)
    let (steps, rest) = size.quotientAndRemainder(dividingBy: step)
    let whole = Int64(bitPattern: steps + (rest > bound ? 1 : 0))
    return isAbove ? whole : -whole
  }

  /// The value `difference` steps from a prediction, clamped to the type's range.
  @inline(__always)
  func value(_ difference: Int64, from prediction: Int64) -> Int64 {
    if step == 1 { return prediction &+ difference }
    let (size, overflow) = difference.magnitude.multipliedReportingOverflow(by: step)
    return prediction.moved(by: overflow ? .max : size, down: difference < 0, least: least)
  }

  /// Whether two ordinals differ by at most `bound`.
  static func isWithin(_ bound: Double, _ a: Int64, _ b: Int64) -> Bool {
    let size = UInt64(bitPattern: a >= b ? a &- b : b &- a)
    return UInt64(exactly: bound.rounded(.down)).map { size <= $0 } ?? true
  }
}
