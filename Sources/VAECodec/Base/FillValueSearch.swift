/// Finds the values that stand for missing ones, by their place far outside of all others.
enum FillValueSearch {
  /// The minimum number of values, and of other distinct values, for a judgement.
  private static let (minimumValues, minimumOthers) = (16, 8)
  /// A fill value makes up at least this share, and occurs at least twice.
  private static let leastShare = 0.001
  /// The maximum number of different fill values of a column, and of a coder.
  private static let (most, mostSetAside) = (3, 6)
  /// The distance at which a coder of values is better off without them.
  private static let distanceInCoding = 16.0

  /// The values that a coder sets aside, so that no grid, tree or prediction has to reach them; none if they are too many.
  ///
  /// - Parameters:
  ///   - numbers: those of a chunk.
  ///   - columns: the number of columns with units of their own, or 1.
  static func setAside(_ numbers: [Double], columns: Int) -> [Double] {
    var values: [Double] = []
    for place in 0..<columns {
      let column =
        columns == 1 ? numbers : stride(from: place, to: numbers.count, by: columns).map { numbers[$0] }
      for fill in found(column, .infinity, distance: distanceInCoding) where !values.contains(fill.value) {
        values.append(fill.value)
      }
    }
    return values.count <= mostSetAside ? values : []
  }

  /// Values at the ends of the sorted `numbers` that repeat and lie far from all others, farthest first.
  static func found(
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
