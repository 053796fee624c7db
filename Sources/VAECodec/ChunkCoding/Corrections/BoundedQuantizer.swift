import Records

/// The values that a decoder may give back for a sample's value, and the integers that name them, so that one is as near
/// as a ``ErrorBound`` asks.
///
/// - Integers of one byte, `small`: the multiples of s = 2 floor(E) + 1, within the type's range; each is named by itself.
/// - Other integers, and floating point within E, `anchored`: p + q s, where p is predicted (and whole, for integers);
///   q names it. s = 2 floor(E) + 1 for integers, and 2 E for floating point, whose values are rounded to the type.
/// - Floating point without loss, `exact`: all values, named by their bits as an integer with sign, with those of negative
///   numbers less the sign bit complemented, so that order is kept. The distance from the prediction's is coded.
struct BoundedQuantizer: Sendable {
  enum Kind: Equatable, Sendable {
    case small(step: Int64, ClosedRange<Int64>)
    case anchored(step: Double)
    case exact
  }

  let elementType: ElementType
  let kind: Kind
  /// The bound on errors.
  private let bound: Double
  /// Least and largest value of integers.
  private let range: ClosedRange<Double>?

  /// Differences of more steps are not coded.
  static let largest = 0x1p51

  /// - Parameter errorBound: its bound is finite and at least 0.
  init(_ type: ValueType, _ errorBound: ErrorBound) {
    elementType = type.elementType
    range = type.range
    bound = if case .maxError(let bound) = errorBound { bound } else { 0 }
    guard let range else {
      kind = bound > 0 ? .anchored(step: 2 * bound) : .exact
      return
    }
    let step = Self.wholeStep(within: bound)
    guard elementType.size == 1 else {
      kind = .anchored(step: step)
      return
    }
    let whole = Int64(step)
    kind = .small(
      step: whole,
      Self.nearest(Int64(range.lowerBound), whole)...Self.nearest(Int64(range.upperBound), whole))
  }

  /// Between neighbours, in units of values; 0 where that is not the same everywhere.
  var step: Double {
    switch kind {
    case .small(let step, _): Double(step)
    case .anchored(let step): step
    case .exact: 0
    }
  }

  /// The nearest multiple of an odd step, in steps.
  @inline(__always)
  private static func nearest(_ x: Int64, _ step: Int64) -> Int64 {
    let half = (step - 1) / 2
    return x >= 0 ? (x + half) / step : -((half - x) / step)
  }

  /// The name of a value in a `small` lattice, or of the nearest to a prediction.
  @inline(__always)
  func small(_ value: Double, step: Int64, _ names: ClosedRange<Int64>) -> Int64 {
    let number = Self.nearest(Int64(max(-0x1p40, min(0x1p40, value)).rounded(.toNearestOrEven)), step)
    return max(names.lowerBound, min(names.upperBound, number))
  }

  /// Where an anchored lattice is laid for a prediction.
  @inline(__always)
  func anchor(_ prediction: Double) -> Double {
    guard let range else { return prediction }
    return max(range.lowerBound, min(range.upperBound, prediction)).rounded(.toNearestOrEven)
  }

  /// The q that names the anchored value for the one of these bits; nil where none is within the bound, or it is no finite
  /// number.
  @inline(__always)
  func difference(_ bits: UInt64, anchor: Double, step: Double) -> Int64? {
    let value = elementType.value(bits: bits)
    guard value.isFinite else { return nil }
    return Self.nearest((value - anchor) / step) {
      isWithin(self.value(anchor: anchor, $0, step: step), value)
    }
  }

  /// The number of steps next to `steps` that is good; nil where none is, or it is too large.
  @inline(__always)
  static func nearest(_ steps: Double, where isGood: (Int64) -> Bool) -> Int64? {
    let whole = steps.rounded(.toNearestOrEven)
    guard whole.magnitude < largest else { return nil }
    let nearest = Int64(whole)
    if isGood(nearest) { return nearest }
    // Rounding to the type may take a value over the bound; then another is on the right side of it.
    if isGood(nearest - 1) { return nearest - 1 }
    return isGood(nearest + 1) ? nearest + 1 : nil
  }

  /// Between the values for integers within a bound.
  static func wholeStep(within bound: Double) -> Double { 2 * min(bound, 0x1p33).rounded(.down) + 1 }

  /// The anchored value that q names.
  @inline(__always)
  func value(anchor: Double, _ difference: Int64, step: Double) -> Double {
    let value = anchor + Double(difference) * step
    if let range { return max(range.lowerBound, min(range.upperBound, value)) }
    return elementType == .f8 ? value : elementType.value(bits: elementType.bits(nearest: value))
  }

  /// Whether |a - b| is within the bound, exactly.
  @inline(__always)
  private func isWithin(_ a: Double, _ b: Double) -> Bool { Self.isWithin(bound, a, b) }

  /// Whether |a - b| <= bound, exactly.
  static func isWithin(_ bound: Double, _ a: Double, _ b: Double) -> Bool {
    let difference = a - b
    // What rounding took from the difference (Knuth's two-sum).
    let part = difference - a
    let rest = (a - (difference - part)) - (b + part)
    let size = difference.magnitude
    return size < bound || (size == bound && (difference < 0 ? -rest : rest) <= 0)
  }
}

/// Floating-point values as integers in the same order, and back; integers of 64 bits as their ordinals.
struct OrderedBits: Sendable {
  private let unused: UInt64
  private let elementType: ElementType

  init(_ elementType: ElementType) {
    unused = UInt64(64 - 8 * elementType.size)
    self.elementType = elementType
  }

  /// The integer that stands for a value of these bits, in the low end.
  @inline(__always)
  func number(_ bits: UInt64) -> Int64 {
    if elementType.isWide { return elementType.ordinal(bits: bits) }
    let number = Int64(bitPattern: bits << unused) >> Int64(unused)
    return number >= 0 ? number : number ^ (.max >> Int64(unused))
  }

  /// The bits, in the low end, that an integer stands for.
  @inline(__always)
  func bits(_ number: Int64) -> UInt64 {
    if elementType.isWide { return elementType.bits(ordinal: number) }
    let narrow = Int64(bitPattern: UInt64(bitPattern: number) << unused) >> Int64(unused)
    let bits = narrow >= 0 ? narrow : narrow ^ (.max >> Int64(unused))
    return (UInt64(bitPattern: bits) << unused) >> unused
  }
}
