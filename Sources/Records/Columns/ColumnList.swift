/// A choice of a table's columns: names, patterns of names, and numbers from 1 with ranges of them.
///
/// A name that is a column's stands for it, whatever else it may look like.
public struct ColumnList: Equatable, Sendable {
  /// The parts of the list, each a name, a pattern, a number or a range.
  public let items: [String]

  /// A list such as "date,temp_*,5,7-9"; nil where a part is empty.
  public init?(_ text: String) {
    items = text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.drop { $0 == " " })
    }
    if items.contains("") { return nil }
  }

  /// A list of names, which may contain commas.
  package init(names: [String]) { items = names }

  /// For each column, whether it is chosen.
  ///
  /// - Parameters:
  ///   - names: of the columns; nil if they have none.
  ///   - count: how many columns there are.
  /// - Throws: the part that stands for no column.
  func choice(names: [String]?, count: Int) throws(Unknown) -> [Bool] {
    var chosen = [Bool](repeating: false, count: count)
    for item in items {
      let places = Self.places(of: item, names: names ?? [], count: count)
      guard !places.isEmpty else { throw Unknown(item: item) }
      for place in places { chosen[place] = true }
    }
    return chosen
  }

  /// A part of a list that stands for no column.
  struct Unknown: Error { var item: String }

  private static func places(of item: String, names: [String], count: Int) -> [Int] {
    let named = names.indices.filter { names[$0] == item }
    if !named.isEmpty { return named }
    if let range = range(item, count: count) { return Array(range) }
    guard item.contains(where: { $0 == "*" || $0 == "?" }) else { return [] }
    return names.indices.filter { matches(Array(names[$0]), Array(item)) }
  }

  /// The places of a number from 1, or of a range of them: "5", "7-9", "7-".
  private static func range(_ item: String, count: Int) -> Range<Int>? {
    let ends = item.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = Int(ends[0]), (1...max(1, count)).contains(first), count > 0 else { return nil }
    guard ends.count == 2 else { return first - 1..<first }
    guard let last = ends[1].isEmpty ? count : Int(ends[1]), (first...count).contains(last) else {
      return nil
    }
    return first - 1..<last
  }

  /// Whether a name matches a pattern, where * stands for any characters and ? for one.
  private static func matches(_ name: [Character], _ pattern: [Character]) -> Bool {
    var (n, p) = (0, 0)
    // After a star: where to go on in the pattern, and in the name with one character more taken by the star.
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p + 1, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
        (n, p) = (n + 1, p + 1)
      } else if let again = star {
        star = (again.pattern, again.name + 1)
        (n, p) = (again.name + 1, again.pattern)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
