import Tensor

/// The distortion of one column of a table, in the column's units, over the values whose original is a finite number.
public struct ColumnDistortion: Equatable, Sendable {
  /// The number of values counted.
  public private(set) var count = 0
  /// The largest absolute error; infinite if a non-finite value did not come back as itself.
  public private(set) var maximum = 0.0
  private(set) var squares = 0.0
  /// The first of the originals, and the sums of differences from it and of their squares.
  private var first: Double?
  private var (sum, square) = (0.0, 0.0)
  /// The last original, from the first on, and the smallest difference of two in a row that differ.
  private var (last, step) = (0.0, Double.infinity)

  /// The root of the mean squared error.
  public var rmse: Double { maximum.isFinite ? (squares / Double(max(1, count))).squareRoot() : .infinity }

  /// The standard deviation of the originals.
  public var deviation: Double {
    let n = Double(max(1, count))
    return max(0, square / n - (sum / n) * (sum / n)).squareRoot()
  }

  /// ``rmse`` in standard deviations of the originals; nil if they do not vary.
  public var rmseInDeviations: Double? { deviation > 0 ? rmse / deviation : nil }

  /// The information that a decoded value carries: log2(deviation / error), the rate of a Gaussian source at that error; nil if
  /// the values do not vary. The error is ``rmse``, but at least that of rounding to the smallest step from one original
  /// to the next, because values on a grid carry no more.
  public var bits: Double? {
    let error = max(rmse, step.isFinite ? step / 12.0.squareRoot() : 0)
    guard deviation > 0, error > 0, error.isFinite else { return nil }
    return max(0, -decibels(error / deviation) / decibels(2))
  }

  /// Adds a value and the size of its error; see ``Comparison``.
  ///
  /// - Returns: the size of the error; nil if it does not count.
  mutating func add(_ original: Double, error: Double) -> Double? {
    guard original.isFinite else {
      guard error > 0 else { return nil }
      maximum = .infinity
      return .infinity
    }
    let value = original - (first ?? original)
    first = first ?? original
    if value != last { step = min(step, (value - last).magnitude) }
    last = value
    sum += value
    square += value * value
    count += 1
    squares += error * error
    maximum = max(maximum, error)
    return error
  }
}
