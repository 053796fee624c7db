import EntropyCoding
import Records

/// Codes which values are exceptions, and these by their bits.
struct ExceptionCoding {
  private let elementType: ElementType
  private let shape: ValueShape
  private var probabilities = [UInt16](repeating: 2000, count: 4 * 64)
  private var wasException: [Bool]
  private var last: UInt64 = 0
  /// The probability that an exception is that before it, of 2^16.
  private static let repeats: UInt32 = 60_000

  init(_ elementType: ElementType, _ shape: ValueShape) {
    (self.elementType, self.shape) = (elementType, shape)
    wasException = [Bool](repeating: false, count: shape.width)
  }

  /// Codes whether value `i`, at place `j` of its row, is an exception.
  ///
  /// - Returns: its bits; nil if it is none.
  mutating func code<Coder: BitCoding>(
    _ bits: UInt64, isException: Bool, _ i: Int, _ j: Int, _ coder: inout Coder
  ) -> UInt64? {
    // The same place of the row before, and the value before.
    let before = i > 0 && wasException[j > 0 ? j - 1 : shape.width - 1]
    let context = min(shape.column(of: j), 63) * 4 + (wasException[j] ? 2 : 0) + (before ? 1 : 0)
    let p = probabilities[context]
    let isOne = coder.code(isException ? 1 : 0, UInt32(max(8, min(65528, p)))) == 1
    probabilities[context] = isOne ? p + (.max - p) >> 5 : p - p >> 5
    wasException[j] = isOne
    guard isOne else { return nil }
    if coder.code(bits == last ? 1 : 0, Self.repeats) == 1 { return last }
    var found: UInt64 = 0
    for rest in (0..<UInt64(8 * elementType.size)).reversed() {
      found = found << 1 | UInt64(coder.code(UInt32(truncatingIfNeeded: bits >> rest) & 1, 1 << 15))
    }
    last = found
    return found
  }
}
