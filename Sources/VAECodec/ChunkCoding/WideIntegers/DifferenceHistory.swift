/// The state that predicts differences of 64-bit integers: the differences of preceding values from their predictions,
/// in steps, and those values themselves. Labels and categories depend on preceding values, not on their magnitudes.
///
/// Buffers are pointers, because they are accessed for every value; all indices are below `width`.
final class DifferenceHistory {
  private let width: Int
  /// The differences of this row and the two before; and the mean of their magnitudes at each position, in units of 1 /
  /// 256.
  private var differences: UnsafeMutablePointer<Int64>
  private var earlier: UnsafeMutablePointer<Int64>
  private var earliest: UnsafeMutablePointer<Int64>
  private let means: UnsafeMutablePointer<Int64>
  /// The values of this row and the previous one, as ordinals.
  private var values: UnsafeMutablePointer<Int64>
  private var lastValues: UnsafeMutablePointer<Int64>
  /// Whether the last value at a position was an escape.
  private let wasEscape: UnsafeMutablePointer<UInt8>
  private var pace: Int64 = 2

  /// The number of contexts.
  static let contexts = 10
  /// In wider rows, contexts do not include the position.
  private static let maximumColumns = 64

  /// - Parameter width: the number of values in a row.
  init(width: Int) {
    self.width = width
    differences = .allocate(capacity: width)
    earlier = .allocate(capacity: width)
    earliest = .allocate(capacity: width)
    means = .allocate(capacity: width)
    values = .allocate(capacity: width)
    lastValues = .allocate(capacity: width)
    wasEscape = .allocate(capacity: width)
    reset()
  }

  deinit {
    for numbers in [differences, earlier, earliest, means, values, lastValues] { numbers.deallocate() }
    wasEscape.deallocate()
  }

  /// Resets all state.
  func reset() {
    for numbers in [differences, earlier, earliest, means, values, lastValues] {
      numbers.initialize(repeating: 0, count: width)
    }
    wasEscape.initialize(repeating: 0, count: width)
  }

  /// Starts a row.
  ///
  /// - Parameter row: counted from 0.
  func begin(row: Int) {
    if row > 0 {
      (differences, earlier, earliest) = (earliest, differences, earlier)
      swap(&values, &lastValues)
    }
    pace = Int64(min(row + 2, 32))
  }

  /// Records that value `i` has no difference.
  @inline(__always)
  func skip(_ i: Int, value: Int64, isEscape: Bool) {
    differences[i] = 0
    values[i] = value
    wasEscape[i] = isEscape ? 1 : 0
  }

  /// Records the difference of value `i`.
  @inline(__always)
  func settle(_ i: Int, value: Int64, difference: Int64) {
    differences[i] = difference
    values[i] = value
    wasEscape[i] = 0
    means[i] += (DifferenceClass.size(difference) << 8 - means[i]) / pace
  }

  /// Sets the hashes of the contexts of value `i`.
  ///
  /// - Parameter rule: the rule of the prediction.
  @inline(__always)
  func setContexts(
    _ hashes: UnsafeMutablePointer<UInt32>, _ i: Int, _ neighbours: Neighbours, prediction: Int64, rule: Int
  ) {
    let (left, above) = (neighbours.left, neighbours.above)
    let (d, dd, u) = (before(i, left), before(i, 2 * left), before(i, above))
    let last = earlier[i]
    let sizes =
      above > 0
      ? 2 * DifferenceClass.size(d) + 2 * DifferenceClass.size(u) + DifferenceClass.size(dd)
        + DifferenceClass.size(before(i, above + left)) + DifferenceClass.size(before(i, above - left))
        + DifferenceClass.size(last)
      : 2 * DifferenceClass.size(last) + DifferenceClass.size(earliest[i]) + 2 * DifferenceClass.size(d)
        + DifferenceClass.size(dd)
    let around = DifferenceClass.level(sizes << 6)
    let usual = DifferenceClass.level(means[i])
    let beside = above > 0 ? u : last
    let escapes = Int(wasEscape[i]) | (i >= left ? Int(wasEscape[i - left]) << 1 : 0)
    let place = width <= Self.maximumColumns ? i : 0
    let (l, a) = (
      value(i, left), above > 0 ? value(i, above) : Self.folded(lastValues[i])
    )
    let corners =
      above > 0 ? 31 &* value(i, above + left) &+ value(i, above - left) : 31 &* value(i, 2 * left)
    hashes[0] = DifferenceClass.hash(0, i, rule, escapes)
    hashes[1] = DifferenceClass.hash(1, i, usual, escapes)
    hashes[2] = DifferenceClass.hash(2, around, rule, 0)
    hashes[3] = DifferenceClass.hash(
      3, i, DifferenceClass.sign(last) * 7 + DifferenceClass.sign(d), DifferenceClass.sign(above > 0 ? u : dd)
    )
    hashes[4] = DifferenceClass.hash(
      4, rule, usual / 2, DifferenceClass.level(DifferenceClass.size(last) << 8))
    hashes[5] = DifferenceClass.hash(
      5, DifferenceClass.level(DifferenceClass.size(d) << 8),
      DifferenceClass.level(DifferenceClass.size(beside) << 8), rule)
    hashes[6] = DifferenceClass.hash(6, usual, around, rule)
    hashes[7] = DifferenceClass.hash(7, place, Self.folded(prediction), rule)
    hashes[8] = DifferenceClass.hash(8, l, a, rule)
    hashes[9] = DifferenceClass.hash(9, l, a, corners)
  }

  /// An ordinal folded into 32 bits for a context.
  @inline(__always)
  private static func folded(_ ordinal: Int64) -> Int { Int(truncatingIfNeeded: ordinal ^ ordinal >> 32) }

  /// The value `offset` positions before value `i`, for a context; 0 if there is none.
  @inline(__always)
  private func value(_ i: Int, _ offset: Int) -> Int {
    offset > 0 && i >= offset ? Self.folded(values[i - offset]) : 0
  }

  /// The difference `offset` positions before value `i`; 0 if there is none.
  @inline(__always)
  private func before(_ i: Int, _ offset: Int) -> Int64 {
    offset > 0 && i >= offset ? differences[i - offset] : 0
  }
}
