/// How far the decoded values of a table's column are from their originals, in units of the column, over the values that are
/// finite numbers.
public struct ColumnDistortion: Equatable, Sendable {
  /// Values that count.
  public private(set) var count = 0
  /// The largest difference; infinite where a value that is not finite came back as another.
  public private(set) var maximum = 0.0
  private(set) var squares = 0.0
  /// Of the originals, less the first of them: sums of values and of their squares.
  private var first: Double?
  private var (sum, square) = (0.0, 0.0)

  /// The root of the mean squared error.
  public var rmse: Double { maximum.isFinite ? (squares / Double(max(1, count))).squareRoot() : .infinity }

  /// The deviation of the originals.
  public var deviation: Double {
    let n = Double(max(1, count))
    return max(0, square / n - (sum / n) * (sum / n)).squareRoot()
  }

  /// ``rmse`` in deviations of the originals; nil if they do not vary.
  public var rmseInDeviations: Double? { deviation > 0 ? rmse / deviation : nil }

  /// Takes in a value and the size of its error; see ``Comparison``.
  ///
  /// - Returns: the size of the error; nil if none counts.
  mutating func add(_ original: Double, error: Double) -> Double? {
    guard original.isFinite else {
      guard error > 0 else { return nil }
      maximum = .infinity
      return .infinity
    }
    let value = original - (first ?? original)
    first = first ?? original
    sum += value
    square += value * value
    count += 1
    squares += error * error
    maximum = max(maximum, error)
    return error
  }
}
