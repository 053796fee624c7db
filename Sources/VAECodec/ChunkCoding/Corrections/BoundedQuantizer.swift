import Records

/// The values that a decoder may return for a sample's value, and the integers that name them, such that one lies
/// within the ``ErrorBound`` E.
///
/// - 8-bit integers, `small`: the multiples of s = 2 floor(E) + 1 within the type's range, named by the multiple.
/// - Other integers, and floating point within a bound, `anchored`: p + q s, where p is the prediction, rounded for
///   integers, and q is the name. s = 2 floor(E) + 1 for integers; s = 2 E for floating point, and the value is rounded
///   to the type.
/// - Lossless floating point, `exact`: all values, named by their bits as a signed integer. The bits of negative
///   numbers below the sign are complemented, so that the order is preserved. The difference from the prediction's name
///   is coded.
struct BoundedQuantizer: Sendable {
  enum Kind: Equatable, Sendable {
    case small(step: Int64, ClosedRange<Int64>)
    case anchored(step: Double)
    case exact
  }

  let elementType: ElementType
  let kind: Kind
  /// The error bound.
  private let bound: Double
  /// The smallest and largest integer of the type.
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

  /// The distance between neighbouring values; 0 if it is not uniform.
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

  /// The name of a value in a `small` quantizer, or of the one nearest to a prediction.
  @inline(__always)
  func small(_ value: Double, step: Int64, _ names: ClosedRange<Int64>) -> Int64 {
    let number = Self.nearest(Int64(max(-0x1p40, min(0x1p40, value)).rounded(.toNearestOrEven)), step)
    return max(names.lowerBound, min(names.upperBound, number))
  }

  /// The origin of an `anchored` quantizer for a prediction.
  @inline(__always)
  func anchor(_ prediction: Double) -> Double {
    guard let range else { return prediction }
    return max(range.lowerBound, min(range.upperBound, prediction)).rounded(.toNearestOrEven)
  }

  /// The name q of the anchored value for `bits`; nil if none is within the bound, or the value is not finite.
  @inline(__always)
  func difference(_ bits: UInt64, anchor: Double, step: Double) -> Int64? {
    let value = elementType.value(bits: bits)
    guard value.isFinite else { return nil }
    return Self.nearest((value - anchor) / step) {
      isWithin(self.value(anchor: anchor, $0, step: step), value)
    }
  }

  /// The number of steps nearest to `steps` that satisfies `isGood`; nil if none does, or it is too large.
  @inline(__always)
  static func nearest(_ steps: Double, where isGood: (Int64) -> Bool) -> Int64? {
    let whole = steps.rounded(.toNearestOrEven)
    guard whole.magnitude < largest else { return nil }
    let nearest = Int64(whole)
    if isGood(nearest) { return nearest }
    // Rounding to the type may push a value beyond the bound; a neighbour may then be within it.
    if isGood(nearest - 1) { return nearest - 1 }
    return isGood(nearest + 1) ? nearest + 1 : nil
  }

  /// The distance between values for integers within a bound.
  static func wholeStep(within bound: Double) -> Double { 2 * min(bound, 0x1p33).rounded(.down) + 1 }

  /// The anchored value with the name q.
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
    // The rounding error of the difference (two-sum: Knuth, The Art of Computer Programming, volume 2, section 4.2.2).
    let part = difference - a
    let rest = (a - (difference - part)) - (b + part)
    let size = difference.magnitude
    return size < bound || (size == bound && (difference < 0 ? -rest : rest) <= 0)
  }
}

/// Maps floating-point values to integers in the same order, and back; 64-bit integers map to their ordinals.
struct OrderedBits: Sendable {
  private let unused: UInt64
  private let elementType: ElementType

  init(_ elementType: ElementType) {
    unused = UInt64(64 - 8 * elementType.size)
    self.elementType = elementType
  }

  /// The integer for the value in the low bits.
  @inline(__always)
  func number(_ bits: UInt64) -> Int64 {
    if elementType.isWide { return elementType.ordinal(bits: bits) }
    let number = Int64(bitPattern: bits << unused) >> Int64(unused)
    return number >= 0 ? number : number ^ (.max >> Int64(unused))
  }

  /// The value, in the low bits, for an integer.
  @inline(__always)
  func bits(_ number: Int64) -> UInt64 {
    if elementType.isWide { return elementType.bits(ordinal: number) }
    let narrow = Int64(bitPattern: UInt64(bitPattern: number) << unused) >> Int64(unused)
    let bits = narrow >= 0 ? narrow : narrow ^ (.max >> Int64(unused))
    return (UInt64(bitPattern: bits) << unused) >> unused
  }
}
