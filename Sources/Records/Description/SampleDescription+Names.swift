extension SampleDescription {
  /// The names of the columns; nil if there are none.
  package var columnNames: [String]? { format.columnNames }

  /// The first column whose name differs from that in `before`; nil if there is none, or either has no names.
  package func renamedColumn(after before: SampleDescription) -> RenamedColumn? {
    guard let names = columnNames, let expected = before.columnNames,
      let place = zip(names, expected).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset
    else { return nil }
    return RenamedColumn(
      column: place + 1, found: names[place], expected: expected[place],
      isReordered: names.sorted() == expected.sorted())
  }
}

/// A column whose name differs from that in preceding samples.
package struct RenamedColumn: Equatable, Sendable {
  /// The column number, from 1.
  package var column: Int
  /// The name of the column.
  package var found: String
  /// The name of the column in the preceding samples.
  package var expected: String
  /// Whether all names are the same, in another order.
  package var isReordered: Bool
}

extension RenamedColumn: CustomStringConvertible {
  /// "column 2 is named "b", but "c" in previous samples (the same names in another order)".
  package var description: String {
    "column \(column) is named \"\(found)\", but \"\(expected)\" in previous samples"
      + (isReordered ? " (the same names in another order)" : "")
  }
}
