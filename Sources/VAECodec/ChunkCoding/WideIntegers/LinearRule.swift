/// The linear rule of ``IntegerPredictors``: predicts the model's error in each column from those before.
///
/// An error x - b, where b is what the decoder already knows, is predicted from those of the two preceding rows, and
/// from those of the two preceding columns in this row and the previous one. Each column has its own weights, adapted
/// by recursive least squares (Haykin, Adaptive Filter Theory) with a memory of some hundred rows. All arithmetic is in
/// binary64, in a fixed order, with additions, multiplications and divisions only, so that a decoder computes the same.
///
/// Buffers are pointers, because they are accessed for every value; all indices are below `width`.
final class LinearRule {
  private static let taps = 6
  /// The forgetting factor per row.
  private static let memory = 0.998
  /// The initial diagonal of the inverse correlation matrix; and the limit beyond which the matrix is considered
  /// degenerate and reset.
  private static let (firstSpread, largestSpread) = (1.0, 1e9)

  private let width: Int
  /// Errors in units of the column: of this row, the previous one, and the one before that.
  private let errors: UnsafeMutablePointer<Double>
  private let earlier: UnsafeMutablePointer<Double>
  private let earliest: UnsafeMutablePointer<Double>
  private let weights: UnsafeMutablePointer<Double>
  private let spreads: UnsafeMutablePointer<Double>
  private let inputs: UnsafeMutablePointer<Double>
  private let gains: UnsafeMutablePointer<Double>
  /// The predicted error of the value, in units of the column.
  private(set) var correction = 0.0

  /// - Parameter width: the number of columns.
  init(width: Int) {
    self.width = width
    errors = .allocate(capacity: width)
    earlier = .allocate(capacity: width)
    earliest = .allocate(capacity: width)
    weights = .allocate(capacity: width * Self.taps)
    spreads = .allocate(capacity: width * Self.taps * Self.taps)
    inputs = .allocate(capacity: Self.taps)
    gains = .allocate(capacity: Self.taps)
    reset()
  }

  deinit {
    for numbers in [errors, earlier, earliest, weights, spreads, inputs, gains] { numbers.deallocate() }
  }

  /// Resets all state.
  func reset() {
    for numbers in [errors, earlier, earliest] { numbers.initialize(repeating: 0, count: width) }
    weights.initialize(repeating: 0, count: width * Self.taps)
    inputs.initialize(repeating: 0, count: Self.taps)
    gains.initialize(repeating: 0, count: Self.taps)
    for i in 0..<width {
      // The first prediction is the error of the previous row.
      weights[i * Self.taps] = 1
      resetSpread(i)
    }
  }

  private func resetSpread(_ i: Int) {
    let own = spreads + i * Self.taps * Self.taps
    own.initialize(repeating: 0, count: Self.taps * Self.taps)
    for t in 0..<Self.taps { own[t * Self.taps + t] = Self.firstSpread }
  }

  /// Starts a row.
  func beginRow() {
    earliest.update(from: earlier, count: width)
    earlier.update(from: errors, count: width)
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

  /// Records the error of column `i`, in units of the column, and adapts the weights.
  ///
  /// - Parameter error: finite.
  @inline(__always)
  func settle(_ i: Int, error: Double) {
    learn(i, error)
    errors[i] = error
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
