import Records

/// Names integers within a relative bound: as many consecutive integers have one name as are within the bound of the one in their
/// middle.
///
/// Magnitudes are divided into spans, from 0 on. In a span, all names stand for equally many integers, as the bound allows them at its
/// start: one below 1 / bound, then 3, and so on.
struct RelativeIntegers: Sendable {
  /// For each span its start, the largest error in it, and its first name.
  private var starts: [UInt64] = []
  private var errors: [UInt64] = []
  private var names: [UInt64] = []

  /// The smallest bound: with a smaller one, names would not fit.
  static let leastBound = 0x1p-34
  /// Larger errors are not used.
  private static let largestError: UInt64 = 1 << 62

  /// Those of several bounds, one for each that is different.
  static func all(_ bounds: some Sequence<Double>) -> [Double: RelativeIntegers] {
    Dictionary(Set(bounds).map { ($0, RelativeIntegers(bound: $0)) }) { own, _ in own }
  }

  /// - Parameter bound: from ``leastBound`` to less than 1.
  init(bound: Double) {
    var (start, name): (UInt64, UInt64) = (0, 0)
    while true {
      let error = Self.error(bound, start)
      starts.append(start)
      errors.append(error)
      names.append(name)
      // A span is a sixteenth of its start, or one name.
      let size = 2 * error + 1
      let count = max(1, (start >> 4) / size)
      let (next, isBeyond) = start.addingReportingOverflow(count * size)
      guard !isBeyond else { return }
      (start, name) = (next, name + count)
    }
  }

  /// The whole part of a bound's share of an integer; that of a smaller one, if binary64 has not its value.
  private static func error(_ bound: Double, _ magnitude: UInt64) -> UInt64 {
    // The leading 53 bits.
    let unused = UInt64(max(0, 11 - magnitude.leadingZeroBitCount))
    let number = Double((magnitude >> unused) << unused)
    let share = bound * number
    let whole = share.rounded(.down)
    // What a whole product lost when it was rounded counts.
    let rest = whole == share ? (-share).addingProduct(bound, number).rounded(.down) : 0
    return min(UInt64(whole) &+ UInt64(bitPattern: Int64(rest)), largestError)
  }

  /// Whether one integer, by its ordinal, keeps a bound relative to another.
  static func isWithin(_ bound: Double, _ a: Int64, _ b: Int64, _ type: ElementType) -> Bool {
    let size = UInt64(bitPattern: a >= b ? a &- b : b &- a)
    return size <= error(bound, magnitude(a, type).size)
  }

  private typealias Span = (start: UInt64, error: UInt64, name: UInt64)

  /// The last span whose key, its start or its name, is at most one.
  @inline(__always)
  private func span(_ key: UInt64, _ keys: [UInt64]) -> Span {
    var (low, high) = (0, keys.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if keys[middle] <= key { low = middle } else { high = middle }
    }
    return (starts[low], errors[low], names[low])
  }

  // Magnitudes.

  private func name(of magnitude: UInt64) -> UInt64 {
    let span = span(magnitude, starts)
    return span.name + (magnitude - span.start) / (2 * span.error + 1)
  }

  private func magnitude(of name: UInt64) -> UInt64 {
    let span = span(name, names)
    let (size, overflow) = (name - span.name).multipliedReportingOverflow(by: 2 * span.error + 1)
    let (middle, isBeyond) = span.start.addingReportingOverflow(span.error)
    let (sum, isFar) = middle.addingReportingOverflow(size)
    return overflow || isBeyond || isFar ? .max : sum
  }

  // Numbers, which may lie between integers.

  /// The position of a magnitude among the names.
  @inline(__always)
  func position(of magnitude: Double) -> Double {
    let span = span(magnitude < 0x1p63 ? UInt64(magnitude) : 1 << 63, starts)
    return Double(span.name) + (magnitude - Double(span.start) - Double(span.error))
      / Double(2 * span.error + 1)
  }

  /// The magnitude in the middle of a name.
  @inline(__always)
  func magnitude(at position: Double) -> Double {
    Double(magnitude(of: position < 0x1p51 ? UInt64(position + 0.5) : 1 << 51))
  }

  // Integers of 64 bits, by their ordinals. Names have the sign of the integers.

  private static func magnitude(_ ordinal: Int64, _ type: ElementType) -> (size: UInt64, isNegative: Bool) {
    type == .u8 ? (type.bits(ordinal: ordinal), false) : (ordinal.magnitude, ordinal < 0)
  }

  func name(ordinal: Int64, _ type: ElementType) -> Int64 {
    let (size, isNegative) = Self.magnitude(ordinal, type)
    let name = Int64(clamping: name(of: size))
    return isNegative ? -name : name
  }

  /// The nearest ordinal of the type.
  func ordinal(name: Int64, _ type: ElementType) -> Int64 {
    let size = magnitude(of: name.magnitude)
    guard type != .u8 else { return type.ordinal(bits: name < 0 ? 0 : size) }
    return name < 0 ? -Int64(clamping: size) : Int64(clamping: size)
  }
}
