/// Predicts 64-bit integers from preceding ones by several rules, and selects the rule that has recently been most
/// accurate.
///
/// The predicted quantity is the model's error x - b modulo 2^64, so that large values lose no precision and a common
/// offset costs nothing. Sequences with constant steps, images, and unrelated columns each have a rule that suits them;
/// with a good model, that is the model itself.
///
/// Buffers are pointers, because they are accessed for every value; all indices are below `width`.
final class IntegerPredictors {
  /// The number of rules.
  private static let count = 8
  /// The sets of rules, as bits: all that use preceding values; those of them without fractions; the model alone; and
  /// the origin alone.
  static let sets: [UInt8] = [0x7F, 0x3F, 0x01, 0x80]
  /// Wider rows share one origin, and have no linear rule.
  private static let maximumColumns = 64

  private let width: Int
  private let neighbours: Neighbours
  /// Errors of this row, the previous one, and the one before that.
  private var errors: UnsafeMutablePointer<Int64>
  private var earlier: UnsafeMutablePointer<Int64>
  private var earliest: UnsafeMutablePointer<Int64>
  /// The error that each rule predicts for the current value.
  private let predictions: UnsafeMutablePointer<Int64>
  /// The recent inaccuracy of each rule: at each position, and over the last values.
  private let misses: UnsafeMutablePointer<Int16>
  private let recent: UnsafeMutablePointer<Int32>
  /// The linear rule, for errors relative to their origins.
  private let columns: LinearRule?
  /// The first error of each position, or of all.
  private var origins: [Int64?]
  private var row = 0
  /// The selected rule.
  private(set) var chosen = 0

  /// - Parameter width: the number of values in a row.
  init(width: Int, _ neighbours: Neighbours) {
    self.width = width
    self.neighbours = neighbours
    errors = .allocate(capacity: width)
    earlier = .allocate(capacity: width)
    earliest = .allocate(capacity: width)
    predictions = .allocate(capacity: Self.count)
    misses = .allocate(capacity: width * Self.count)
    recent = .allocate(capacity: Self.count)
    columns = width <= Self.maximumColumns ? LinearRule(width: width) : nil
    origins = [Int64?](repeating: nil, count: columns == nil ? 1 : width)
    reset()
  }

  deinit {
    for numbers in [errors, earlier, earliest, predictions] { numbers.deallocate() }
    misses.deallocate()
    recent.deallocate()
  }

  /// Resets all state.
  func reset() {
    for numbers in [errors, earlier, earliest] { numbers.initialize(repeating: 0, count: width) }
    predictions.initialize(repeating: 0, count: Self.count)
    misses.initialize(repeating: 0, count: width * Self.count)
    recent.initialize(repeating: 0, count: Self.count)
    columns?.reset()
    for i in origins.indices { origins[i] = nil }
  }

  /// Starts a row.
  ///
  /// - Parameter row: counted from 0.
  func begin(row: Int) {
    self.row = row
    if row > 0 { (errors, earlier, earliest) = (earliest, errors, earlier) }
    // With only one row before, the change from row to row is taken to be 0.
    if row == 1 { earliest.update(from: earlier, count: width) }
    columns?.beginRow()
  }

  /// The predicted error of value `i`.
  ///
  /// - Parameter rules: one of ``sets``.
  @inline(__always)
  func predict(_ i: Int, by rules: UInt8) -> Int64 {
    let (left, above) = (neighbours.left, neighbours.above)
    let last = earlier[i]
    let beside = i >= left ? errors[i - left] : last
    predictions[0] = 0
    predictions[1] = last
    predictions[2] = last &+ (last &- earliest[i])
    predictions[3] = beside
    predictions[4] =
      if above > 0 {
        i >= above + left ? beside &+ (errors[i - above] &- errors[i - above - left]) : beside
      } else {
        i >= 2 * left ? beside &+ (beside &- errors[i - 2 * left]) : beside
      }
    predictions[5] = i >= left ? last &+ (beside &- earlier[i - left]) : last
    let origin = origins[columns == nil ? 0 : i]
    predictions[6] = last
    predictions[7] = origin ?? beside
    if let columns {
      columns.predict(i)
      if let origin { predictions[6] = origin &+ Self.whole(columns.correction) }
    }
    let own = misses + i * Self.count
    var least = Int32.max
    for rule in 0..<Self.count where rules >> UInt8(rule) & 1 == 1 {
      let miss = 3 * Int32(own[rule]) + recent[rule]
      if miss < least { (least, chosen) = (miss, rule) }
    }
    return predictions[chosen]
  }

  /// Records that value `i` has no error; that of the previous row stands in for it.
  @inline(__always)
  func skip(_ i: Int) {
    errors[i] = earlier[i]
  }

  /// Records the error of value `i`.
  @inline(__always)
  func settle(_ i: Int, error: Int64) {
    errors[i] = error
    let own = misses + i * Self.count
    let pace = Int16(min(row + 2, 16))
    for rule in 0..<Self.count {
      let size = min((error &- predictions[rule]).magnitude, 1 << 62)
      // At most 126 levels.
      let miss = Int16(truncatingIfNeeded: DifferenceClass.level(Int64(size))) << 6
      own[rule] += (miss - own[rule]) / pace
      recent[rule] += (Int32(miss) - recent[rule]) / 16
    }
    let place = columns == nil ? 0 : i
    let origin = origins[place] ?? error
    origins[place] = origin
    columns?.settle(i, error: Double(error &- origin))
  }

  /// The nearest integer, ties to even; 0 if the number is too large.
  @inline(__always)
  private static func whole(_ number: Double) -> Int64 {
    number.magnitude < 0x1p62 ? Int64(number.rounded(.toNearestOrEven)) : 0
  }
}
