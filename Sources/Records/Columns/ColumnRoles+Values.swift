extension ColumnRoles {
  /// For each column, whether its numbers are samples' values; the others are kept as they are.
  ///
  /// - Parameters:
  ///   - isNumeric: for each column, whether it holds numbers.
  ///   - counts: for each column, whether it counts.
  ///   - names: of the columns; nil if they have none.
  ///   - name: the table in messages.
  /// - Throws: `noSuchColumn` and `otherColumns`.
  func values(
    isNumeric: [Bool], counts: [Bool], names: [String]?, name: String
  ) throws(SampleIOError) -> [Bool] {
    if let fitted {
      do throws(FittedColumns.Mismatch) {
        return try fitted.choice(names: names, count: isNumeric.count) ?? isNumeric
      } catch {
        throw .otherColumns(name: name, column: error.column, isReordered: error.isReordered)
      }
    }
    var isValue = isNumeric
    if let exact {
      do throws(ColumnList.Unknown) {
        let isExact = try exact.choice(names: names, count: isNumeric.count)
        isValue = zip(isValue, isExact).map { $0 && !$1 }
      } catch {
        throw .noSuchColumn(name: name, column: error.item, columns: isNumeric.count)
      }
    }
    guard keepsCounters else { return isValue }
    let left = zip(isValue, counts).map { $0 && !$1 }
    // A table of nothing but counting columns has values all the same.
    return left.contains(true) ? left : isValue
  }
}
