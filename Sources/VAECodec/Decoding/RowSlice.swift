/// Some consecutive rows, as Python's slices name them: from 0, or from the end where a number is negative; what is beyond
/// the end is cut. Or one row, as Python's indices name it, which has to be there.
public struct RowSlice: Equatable, Sendable {
  /// The first row; nil for that of the file.
  public var lower: Int?
  /// The row after the last; nil for all from the first on.
  public var upper: Int?
  /// The one row that is meant, which has to be there; nil for a slice.
  public private(set) var single: Int?

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
      single = row
    }
  }

  /// The rows of so many that are meant. Throws ``CodecError/noSuchRow(name:row:rows:)`` where one row is meant that is not
  /// there.
  ///
  /// - Parameter name: the file in messages.
  package func rows(of count: Int, name: String) throws(CodecError) -> Range<Int> {
    if let single, single >= count || single < -count {
      throw .noSuchRow(name: name, row: single, rows: count)
    }
    return rows(of: count)
  }

  /// The rows of so many that are meant; what is not there is cut.
  public func rows(of count: Int) -> Range<Int> {
    func place(_ number: Int) -> Int { number < 0 ? max(0, count + number) : min(number, count) }
    let first = lower.map(place) ?? 0
    return first..<max(first, upper.map(place) ?? count)
  }
}
