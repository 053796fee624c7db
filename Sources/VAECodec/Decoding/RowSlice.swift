/// Some consecutive rows, as Python's slices name them: from 0, or from the end where a number is negative; what is beyond
/// the end is cut.
public struct RowSlice: Equatable, Sendable {
  /// The first row; nil for that of the file.
  public var lower: Int?
  /// The row after the last; nil for all from the first on.
  public var upper: Int?

  /// All rows.
  public static let all = RowSlice(lower: nil, upper: nil)

  public init(lower: Int?, upper: Int?) {
    self.lower = lower
    self.upper = upper
  }

  /// Reads "A:B", either of which may be missing, or "A" for one row; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = parts.map { Int($0) }
    guard zip(parts, numbers).allSatisfy({ $0.isEmpty || $1 != nil }) else { return nil }
    if parts.count == 2 {
      self.init(lower: numbers[0], upper: numbers[1])
    } else {
      guard let row = numbers.first ?? nil, row < .max else { return nil }
      self.init(lower: row, upper: row == -1 ? nil : row + 1)
    }
  }

  /// The rows of so many that are meant.
  public func rows(of count: Int) -> Range<Int> {
    func place(_ number: Int) -> Int { number < 0 ? max(0, count + number) : min(number, count) }
    let first = lower.map(place) ?? 0
    return first..<max(first, upper.map(place) ?? count)
  }
}
