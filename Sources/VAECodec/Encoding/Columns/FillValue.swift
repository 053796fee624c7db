import Records

/// A value that stands for "nothing is known" in data that have no other way to say so: -9999, 1e20, 9.97e36.
///
/// One that repeats far outside all others widens the scale of a model by so much that it has no eye for the others.
public struct FillValue: Equatable, Sendable {
  public var value: Double
  /// Of the values of its column, or of all.
  public var share: Double
  /// Where it was found; nil if that is among all values.
  public var column: ColumnFindings.Column?
}

extension FillValue {
  /// Fewer values, other values and other distinct values say nothing.
  private static let (minimumValues, minimumOthers) = (16, 8)
  /// It makes up this share at least, and repeats.
  private static let leastShare = 0.001
  /// It is away from the nearest other value by this many times the range of all others.
  private static let distance = 3.0
  /// The same among all columns of a table, whose units differ: a column may be constant.
  private static let distanceInTable = 1e12
  /// The maximum number of different fill values of a column.
  private static let most = 3

  /// Fill values among some samples: in the columns of a table, or in an array as a whole.
  ///
  /// - Parameter reach: values beyond it are of no account: they are carried as they are.
  static func all(
    in batch: SampleBatch, _ description: SampleDescription, reach: Float
  ) -> [FillValue] {
    // All values of a byte are near one another.
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

  /// Values at the ends of `numbers` that repeat, far from all others, the farthest first.
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

  /// Whether ascending numbers are enough, and enough different ones.
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
