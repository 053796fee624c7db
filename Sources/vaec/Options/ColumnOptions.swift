import ArgumentParser
import Records
import VAECodec

/// Which columns are read or written.
struct ColumnOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take only these columns: names, patterns such as temp_*, numbers from 1 or ranges such as 3-7.",
      valueName: "list"),
    transform: parseColumns)
  var columns: ColumnList?

  /// What becomes of columns that a model encodes; those that are chosen are read.
  func roles(of model: FittedModel) -> ColumnRoles {
    var roles = model.columnRoles
    roles.read = columns
    return roles
  }
}

/// Which columns of a table a fit leaves alone.
struct ExactOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Keep these columns of a table as they are, whatever the quality; none for no column. (default: columns of \
      integers that count)
      """, valueName: "list|none"),
    transform: parseExact)
  var exact: Exact?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Values that stand for missing ones, such as -9999,1e20. They are left out of the fit and kept as they are.",
      valueName: "values"),
    transform: parseMissing)
  var missing: MissingValues?

  /// Columns that are kept as they are.
  enum Exact: Equatable {
    case none
    case columns(ColumnList)
  }

  /// What becomes of columns; those of `options` alone are read.
  func roles(_ options: ColumnOptions) -> ColumnRoles {
    var roles = ColumnRoles()
    roles.read = options.columns
    roles.missing = missing ?? MissingValues()
    switch exact {
    case nil: roles.keepsCounters = true
    case .none?: break
    case .columns(let list)?: roles.exact = list
    }
    return roles
  }
}

private func parseColumns(_ text: String) throws -> ColumnList {
  if let list = ColumnList(text) { return list }
  throw ValidationError("give names or numbers with commas between them, as in time,temp_*,5-7.")
}

private func parseExact(_ text: String) throws -> ExactOptions.Exact {
  text == "none" ? .none : .columns(try parseColumns(text))
}

private func parseMissing(_ text: String) throws -> MissingValues {
  let values = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  if values.contains("") { throw ValidationError("give values with commas between them, as in -9999,1e20.") }
  return MissingValues(values)
}
