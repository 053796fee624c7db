import Tensor
import VAEModel

/// What is known of samples value by value: means, the common scale, the range, and whether values gather at its ends.
///
/// Values that are no finite numbers, or beyond ``Matrix/greatestKnown``, are missing, and do not count.
struct ValueStatistics {
  let means: [Float]
  /// The deviation of all values from their means.
  let deviation: Double
  /// The same in binary32, or 1 if nothing varies: one scale for all, so that squared errors add up.
  let scale: Float
  let lowest: Float
  let highest: Float
  /// Shares of all values that are the lowest, the highest.
  let shareAtLowest: Double
  let shareAtHighest: Double

  /// Values that are missing.
  let missing: Int

  /// Largest minus smallest value.
  var peak: Double { Double(highest) - Double(lowest) }

  init(_ x: Matrix) {
    var sums = [Double](repeating: 0, count: x.columns)
    var low = Float.infinity
    var high = -Float.infinity
    var counts = [Int](repeating: 0, count: x.columns)
    for r in 0..<x.rows {
      let row = x.row(r)
      for c in 0..<x.columns where row[c].magnitude <= Matrix.greatestKnown {
        counts[c] += 1
        sums[c] += Double(row[c])
        low = min(low, row[c])
        high = max(high, row[c])
      }
    }
    let known = counts.reduce(0, +)
    missing = x.rows * x.columns - known
    if known == 0 { (low, high) = (0, 0) }
    let means = zip(sums, counts).map { Float($0 / Double(max(1, $1))) }
    var square = 0.0
    var (atLow, atHigh) = (0, 0)
    for r in 0..<x.rows {
      let row = x.row(r)
      for c in 0..<x.columns where row[c].magnitude <= Matrix.greatestKnown {
        let d = Double(row[c]) - Double(means[c])
        square += d * d
        if row[c] == low { atLow += 1 }
        if row[c] == high { atHigh += 1 }
      }
    }
    let count = Double(max(1, known))
    deviation = (square / count).squareRoot()
    self.means = means
    scale = deviation > 0 ? max(Float(deviation), Self.leastScale) : 1
    lowest = low
    highest = high
    shareAtLowest = Double(atLow) / count
    shareAtHighest = Double(atHigh) / count
  }

  /// Values that vary by less leave no room for the steps that a model divides them by.
  static let leastScale: Float = 0x1p-110

  /// From this share on, the end of the range is a wall (black, white, saturation) and not a chance maximum.
  private static let wall = 0.01

  /// Bounds where the type has them or the data stands against a wall.
  func outputRule(isInteger: Bool, elementRange: ClosedRange<Float>?) -> OutputRule {
    OutputRule(
      lowest: shareAtLowest >= Self.wall ? lowest : elementRange?.lowerBound ?? -.infinity,
      highest: shareAtHighest >= Self.wall ? highest : elementRange?.upperBound ?? .infinity,
      isInteger: isInteger)
  }
}
