/// A range of consecutive rows, as in Python slices: numbers count from 0, or from the end if they are negative, and
/// the range is clipped to the existing rows. Or a single row, as in Python indices, which must exist.
public struct RowSlice: Equatable, Sendable {
  /// The first row; nil for the first of the file.
  public var lower: Int?
  /// The row after the last; nil for the end of the file.
  public var upper: Int?
  /// The single row, which must exist; nil for a slice.
  public private(set) var single: Int?

  /// All rows.
  public static let all = RowSlice(lower: nil, upper: nil)

  public init(lower: Int?, upper: Int?) {
    self.lower = lower
    self.upper = upper
  }

  /// Parses "A:B", where either may be missing, or "A" for one row; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = parts.map { Int($0) }
    guard zip(parts, numbers).allSatisfy({ $0.isEmpty || $1 != nil }) else { return nil }
    if parts.count == 2 {
      self.init(lower: numbers[0], upper: numbers[1])
    } else {
      guard let row = numbers.first ?? nil, row < .max else { return nil }
      self.init(lower: row, upper: row == -1 ? nil : row + 1)
      single = row
    }
  }

  /// The selected rows out of `count`. Throws ``CodecError/noSuchRow(name:row:rows:)`` if a single row is selected that
  /// does not exist.
  ///
  /// - Parameter name: the file in messages.
  package func rows(of count: Int, name: String) throws(CodecError) -> Range<Int> {
    if let single, single >= count || single < -count {
      throw .noSuchRow(name: name, row: single, rows: count)
    }
    return rows(of: count)
  }

  /// The selected rows out of `count`, clipped to those that exist.
  public func rows(of count: Int) -> Range<Int> {
    func place(_ number: Int) -> Int { number < 0 ? max(0, count + number) : min(number, count) }
    let first = lower.map(place) ?? 0
    return first..<max(first, upper.map(place) ?? count)
  }
}
