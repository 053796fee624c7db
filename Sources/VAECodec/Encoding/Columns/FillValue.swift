import Records

/// A value that means "missing" in data that have no other way to mark it: -9999, 1e20, 9.97e36.
///
/// A value that repeats far outside all others widens a model's scale so much that the other values lose their
/// precision.
public struct FillValue: Equatable, Sendable {
  /// The fill value itself.
  public var value: Double
  /// Its share of the values of its column, or of all values.
  public var share: Double
  /// The column it was found in; nil if it was found among all values.
  public var column: ColumnFindings.Column?
}

extension FillValue {
  /// The minimum number of values, and of other distinct values, for a judgement.
  private static let (minimumValues, minimumOthers) = (16, 8)
  /// A fill value makes up at least this share, and occurs at least twice.
  private static let leastShare = 0.001
  /// Its distance from the nearest other value, in multiples of the range of the others.
  private static let distance = 3.0
  /// The same among all columns of a table, whose units differ: a column may be constant.
  private static let distanceInTable = 1e12
  /// The maximum number of different fill values of a column.
  private static let most = 3

  /// The fill values among some samples: in the columns of a table, or in an array as a whole.
  ///
  /// - Parameter reach: larger values are ignored; the codec stores them verbatim.
  static func all(
    in batch: SampleBatch, _ description: SampleDescription, reach: Float
  ) -> [FillValue] {
    // All values of one byte are close together.
    guard description.elementType.size > 1 else { return [] }
    let numbers = batch.doubles()
    let common = found(numbers, reach, distance: description.isTable ? distanceInTable : distance)
    let known = Set(common.map(\.value))
    guard description.isTable else { return common.map { FillValue(value: $0.value, share: $0.share) } }
    let width = batch.valuesPerSample
    let inColumns = (0..<width).flatMap { place in
      let column = stride(from: place, to: numbers.count, by: width).map { numbers[$0] }
      return found(column, reach, distance: distance).filter { !known.contains($0.value) }.map {
        FillValue(value: $0.value, share: $0.share, column: description.column(place))
      }
    }
    return common.map { FillValue(value: $0.value, share: $0.share) } + inColumns
  }

  /// Values at the ends of the sorted `numbers` that repeat and lie far from all others, farthest first.
  private static func found(
    _ numbers: [Double], _ reach: Float, distance: Double
  ) -> [(value: Double, share: Double)] {
    var rest = numbers.filter { Float($0).magnitude <= reach }.sorted()[...]
    let all = rest.count
    var found: [(value: Double, share: Double)] = []
    while found.count < most, rest.count >= minimumValues, let low = rest.first, let high = rest.last {
      let afterLow = rest.drop { $0 == low }
      let beforeHigh = rest.prefix { $0 < high }
      let candidates = [(high, beforeHigh), (low, afterLow)].filter { value, others in
        guard value != 0, let first = others.first, let last = others.last else { return false }
        let gap = value > last ? value - last : first - value
        let count = rest.count - others.count
        return count >= 2 && Double(count) >= leastShare * Double(all) && isSpread(others)
          && gap >= distance * (last - first)
      }
      guard let (value, others) = candidates.first else { break }
      found.append((value, Double(rest.count - others.count) / Double(max(1, all))))
      rest = others
    }
    return found
  }

  /// Whether ascending numbers have enough distinct values.
  private static func isSpread(_ numbers: ArraySlice<Double>) -> Bool {
    var (distinct, last) = (0, Double.nan)
    for number in numbers where number != last {
      distinct += 1
      last = number
      if distinct == minimumOthers { return true }
    }
    return false
  }
}
