/// The state of a ``CorrectionCoder``: the current row and the previous one.
///
/// Buffers are pointers, because they are accessed for every value; all indices are below `width`.
final class RowState {
  private let width: Int
  private let offsets: [Int]
  /// For each value of the row so far: the error x - b, its name, and the difference of that name from the predicted
  /// one.
  private let errors: UnsafeMutablePointer<Double>
  let names: UnsafeMutablePointer<Int64>
  private(set) var differences: UnsafeMutablePointer<Int64>
  /// The differences of the previous row; and the mean magnitude of differences at each position, in units of 1 / 256.
  private(set) var earlier: UnsafeMutablePointer<Int64>
  let means: UnsafeMutablePointer<Int64>
  private let weights: UnsafeMutablePointer<Double>
  private let taps: UnsafeMutablePointer<Double>
  private var pace: Int64 = 2
  /// b + sum w (x - b); 0 if that is not finite.
  private(set) var prediction = 0.0
  private var correction = 0.0
  private var power = 0.0

  /// The step size of the adaptation.
  private static let rate = 0.005

  /// - Parameter width: the number of values in a row.
  init(width: Int, _ neighbours: Neighbours) {
    self.width = width
    offsets = neighbours.taps
    errors = .allocate(capacity: width)
    names = .allocate(capacity: width)
    differences = .allocate(capacity: width)
    earlier = .allocate(capacity: width)
    means = .allocate(capacity: width)
    weights = .allocate(capacity: offsets.count)
    taps = .allocate(capacity: offsets.count)
    reset()
  }

  deinit {
    errors.deallocate()
    names.deallocate()
    differences.deallocate()
    earlier.deallocate()
    means.deallocate()
    weights.deallocate()
    taps.deallocate()
  }

  /// Resets all state.
  func reset() {
    errors.initialize(repeating: 0, count: width)
    for numbers in [names, differences, earlier, means] { numbers.initialize(repeating: 0, count: width) }
    weights.initialize(repeating: 0, count: offsets.count)
    taps.initialize(repeating: 0, count: offsets.count)
  }

  /// Starts a row.
  ///
  /// - Parameter row: counted from 0.
  func begin(row: Int) {
    swap(&earlier, &differences)
    pace = Int64(min(row + 2, 32))
  }

  /// Predicts value `i`.
  @inline(__always)
  func predict(_ i: Int, _ base: UnsafePointer<Float>) {
    var (correction, power) = (0.0, 0.0)
    offsets.withUnsafeBufferPointer { offsets in
      for (t, offset) in offsets.enumerated() {
        // If a line has a single pixel, `above - left` is 0 and denotes no neighbour.
        let error = offset > 0 && i >= offset ? errors[i - offset] : 0
        taps[t] = error
        correction += weights[t] * error
        power += error * error
      }
    }
    (self.correction, self.power) = (correction, power)
    let sum = Double(base[i]) + correction
    prediction = sum.isFinite ? sum : 0
  }

  /// Records that value `i` has no name.
  func skip(_ i: Int) {
    (errors[i], differences[i], names[i]) = (0, 0, 0)
  }

  /// Records value `i`, and adapts the weights.
  ///
  /// - Parameter unit: the quantizer's step.
  @inline(__always)
  func settle(
    _ i: Int, _ base: UnsafePointer<Float>, value: Double, name: Int64, difference: Int64, unit: Double
  ) {
    let error = value - Double(base[i])
    let gain = Self.rate * (error - correction) / (power + unit * unit)
    if gain.isFinite {
      for t in 0..<offsets.count { weights[t] += gain * taps[t] }
    }
    errors[i] = error.isFinite ? error : 0
    names[i] = name
    differences[i] = difference
    means[i] += (Contexts.size(difference) << 8 - means[i]) / pace
  }
}
