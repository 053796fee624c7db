import Tensor
import VAEModel

/// Statistics of samples by value: means, the common scale, the range, and whether values gather at its ends.
///
/// Values that are not finite, or larger than ``Matrix/greatestKnown``, are missing and do not count.
struct ValueStatistics {
  let means: [Float]
  /// The standard deviation of all values from their means.
  let deviation: Double
  /// The same in binary32, or 1 if nothing varies: one scale for all values, so that squared errors add up.
  let scale: Float
  let lowest: Float
  let highest: Float
  /// The shares of values equal to the lowest and to the highest.
  let shareAtLowest: Double
  let shareAtHighest: Double

  /// The number of missing values.
  let missing: Int

  /// The largest less the smallest value.
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

  /// The smallest scale: with less variation, there is no room for the quantization steps of a model.
  static let leastScale: Float = 0x1p-110

  /// If at least this share of the values lies at an end of the range, it is a hard limit (black, white, saturation)
  /// and not a chance maximum.
  private static let wall = 0.01

  /// Bounds by the type, or by hard limits of the data.
  func outputRule(isInteger: Bool, elementRange: ClosedRange<Float>?) -> OutputRule {
    OutputRule(
      lowest: shareAtLowest >= Self.wall ? lowest : elementRange?.lowerBound ?? -.infinity,
      highest: shareAtHighest >= Self.wall ? highest : elementRange?.upperBound ?? .infinity,
      isInteger: isInteger)
  }
}
