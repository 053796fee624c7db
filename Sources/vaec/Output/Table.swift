/// A table with right-aligned columns.
struct Table {
  private let head: [String]
  private var rows: [[String]] = []

  /// A table without rows.
  init(_ head: [String]) { self.head = head }

  /// Adds a row: a cell for each column.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The table as lines.
  var lines: [String] {
    let all = [head] + rows
    let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      zip(row, widths).map { cell, width in String(repeating: " ", count: width - cell.count) + cell }
        .joined(separator: "  ")
    }
  }
}

/// Names and aligned values, one pair per line.
struct Properties {
  private var pairs: [(name: String, value: String)] = []

  /// Adds a line.
  mutating func add(_ name: String, _ value: String) { pairs.append((name, value)) }

  /// The pairs as lines.
  var lines: [String] {
    let width = pairs.map(\.name.count).max() ?? 0
    return pairs.map { "  \($0.name)\(String(repeating: " ", count: width - $0.name.count + 2))\($0.value)" }
  }
}
