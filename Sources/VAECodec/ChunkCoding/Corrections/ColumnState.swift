/// What a ``ColumnCorrectionCoder`` knows of each column of a table: the last errors of the model, and how the next follows
/// from them.
///
/// An error x - b, less what a decoder knows, is predicted from those of the two rows before, and from those of the two columns
/// before, in this row and in the one before. Each column has weights of its own, by recursive least squares with a
/// memory of some hundred rows. In binary64, in a fixed order, by additions, multiplications and divisions alone: a decoder
/// computes the same.
///
/// Buffers are pointers, because this is looked at for every value; all indices are below `width`.
final class ColumnState {
  private static let taps = 6
  /// What is left of the past after a row.
  private static let memory = 0.998
  /// How far weights are from the first guess, squared: the diagonal of the inverse correlations at first; and where these have
  /// lost all sense.
  private static let (firstSpread, largestSpread) = (1.0, 1e9)

  private let width: Int
  /// Errors in units of the column: of this row, of the row before, and of that before.
  private let errors: UnsafeMutablePointer<Double>
  private let earlier: UnsafeMutablePointer<Double>
  private let earliest: UnsafeMutablePointer<Double>
  /// Differences from the prediction in steps: of this row, and of the two before; and the mean of their sizes in units of
  /// 1 / 256.
  let differences: UnsafeMutablePointer<Int64>
  let lastDifferences: UnsafeMutablePointer<Int64>
  let olderDifferences: UnsafeMutablePointer<Int64>
  let means: UnsafeMutablePointer<Int64>
  /// The bits of the value in the row before, and whether it was coded by itself.
  let lastBits: UnsafeMutablePointer<UInt64>
  let wasEscape: UnsafeMutablePointer<UInt8>
  private let weights: UnsafeMutablePointer<Double>
  private let spreads: UnsafeMutablePointer<Double>
  private let inputs: UnsafeMutablePointer<Double>
  private let gains: UnsafeMutablePointer<Double>
  private var pace: Int64 = 2
  /// The predicted error of the value, in units of the column.
  private(set) var correction = 0.0

  /// - Parameter width: columns.
  init(width: Int) {
    self.width = width
    errors = .allocate(capacity: width)
    earlier = .allocate(capacity: width)
    earliest = .allocate(capacity: width)
    differences = .allocate(capacity: width)
    lastDifferences = .allocate(capacity: width)
    olderDifferences = .allocate(capacity: width)
    means = .allocate(capacity: width)
    lastBits = .allocate(capacity: width)
    wasEscape = .allocate(capacity: width)
    weights = .allocate(capacity: width * Self.taps)
    spreads = .allocate(capacity: width * Self.taps * Self.taps)
    inputs = .allocate(capacity: Self.taps)
    gains = .allocate(capacity: Self.taps)
    reset()
  }

  deinit {
    for numbers in [errors, earlier, earliest, weights, spreads, inputs, gains] { numbers.deallocate() }
    for numbers in [differences, lastDifferences, olderDifferences, means] { numbers.deallocate() }
    lastBits.deallocate()
    wasEscape.deallocate()
  }

  /// Forgets everything.
  func reset() {
    for numbers in [errors, earlier, earliest] { numbers.initialize(repeating: 0, count: width) }
    for numbers in [differences, lastDifferences, olderDifferences, means] {
      numbers.initialize(repeating: 0, count: width)
    }
    lastBits.initialize(repeating: 0, count: width)
    wasEscape.initialize(repeating: 0, count: width)
    weights.initialize(repeating: 0, count: width * Self.taps)
    inputs.initialize(repeating: 0, count: Self.taps)
    gains.initialize(repeating: 0, count: Self.taps)
    for i in 0..<width {
      // The error is that of the row before, until more is known.
      weights[i * Self.taps] = 1
      resetSpread(i)
    }
  }

  private func resetSpread(_ i: Int) {
    let own = spreads + i * Self.taps * Self.taps
    own.initialize(repeating: 0, count: Self.taps * Self.taps)
    for t in 0..<Self.taps { own[t * Self.taps + t] = Self.firstSpread }
  }

  /// - Parameter row: from 0.
  func begin(row: Int) {
    earliest.update(from: earlier, count: width)
    earlier.update(from: errors, count: width)
    olderDifferences.update(from: lastDifferences, count: width)
    lastDifferences.update(from: differences, count: width)
    pace = Int64(min(row + 2, 32))
  }

  /// Predicts the error of column `i`.
  @inline(__always)
  func predict(_ i: Int) {
    inputs[0] = earlier[i]
    inputs[1] = earliest[i]
    inputs[2] = i > 0 ? errors[i - 1] : 0
    inputs[3] = i > 0 ? earlier[i - 1] : 0
    inputs[4] = i > 1 ? errors[i - 2] : 0
    inputs[5] = i > 1 ? earlier[i - 2] : 0
    let own = weights + i * Self.taps
    var sum = 0.0
    for t in 0..<Self.taps { sum += own[t] * inputs[t] }
    correction = sum.isFinite ? sum : 0
  }

  /// Takes in that column `i` has a value that was coded by itself: its error is taken to be that of the row before.
  @inline(__always)
  func skip(_ i: Int, bits: UInt64) {
    differences[i] = 0
    lastBits[i] = bits
    wasEscape[i] = 1
  }

  /// Takes in what the error of column `i` turned out to be, in units of the column, and learns from it.
  ///
  /// - Parameter error: finite.
  @inline(__always)
  func settle(_ i: Int, error: Double, difference: Int64, bits: UInt64) {
    learn(i, error)
    errors[i] = error
    differences[i] = difference
    lastBits[i] = bits
    wasEscape[i] = 0
    means[i] += (Contexts.size(difference) << 8 - means[i]) / pace
  }

  @inline(__always)
  private func learn(_ i: Int, _ error: Double) {
    let n = Self.taps
    let (own, spread) = (weights + i * n, spreads + i * n * n)
    var power = Self.memory
    for a in 0..<n {
      var sum = 0.0
      for b in 0..<n { sum += spread[a * n + b] * inputs[b] }
      gains[a] = sum
      power += sum * inputs[a]
    }
    let rest = error - correction
    guard power > 0, power.isFinite, rest.isFinite else { return resetSpread(i) }
    var diagonal = 0.0
    for a in 0..<n { own[a] += gains[a] / power * rest }
    for a in 0..<n {
      let gain = gains[a] / power
      for b in 0..<n { spread[a * n + b] = (spread[a * n + b] - gain * gains[b]) / Self.memory }
      diagonal += spread[a * n + a]
    }
    if !(diagonal < Self.largestSpread) || !(diagonal > 0) { resetSpread(i) }
  }
}
