import ByteIO

extension SampleIOError: CustomStringConvertible {
  /// The file, what is wrong, and where.
  public var description: String {
    switch self {
    case .bytes(let error, let name):
      switch error {
      case .system, .exists: error.description
      default: Self.about(name, error.problem)
      }
    case .empty(let name): Self.about(name, "is empty")
    case .unrecognized(let name): Self.about(name, "has an unknown format")
    case .otherContent(let name, let file): Self.about(name, "is \(file.rawValue)")
    case .missingOption(let name, let option): Self.about(name, "raw values also need \(option.text)")
    case .badHeader(let name, let format, let reason):
      Self.about(name, "the \(format) header is damaged: \(reason)")
    case .noSuchArray(let name, let array, let arrays):
      Self.about(name, "has no array \"\(array)\"; it has \(Self.list(arrays))")
    case .notNumbers(let name, let array):
      Self.about(name, "the array \"\(array)\" is no sequence of numbers")
    case .unequalArrays(let name, let array, let rows, let other, let otherRows):
      Self.about(
        name,
        "the array \"\(array)\" has \(rows.map { "\($0)" } ?? "no") rows, and \"\(other)\" has \(otherRows)")
    case .unsupportedType(let name, let type): Self.about(name, NumpyType(type).text)
    case .optionNotApplicable(let name, let option, let format):
      Self.about(name, "is \(format), and \(option.text) does not apply to it")
    case .notRaw(let name, let kind): Self.about(name, "is \(kind), not raw values")
    case .partialSample(let name, let rows, let values, let bytes, let perSample):
      Self.about(
        name,
        "\(Self.leftover(values, bytes)) left over after \(rows == 1 ? "1 sample" : "\(rows) samples") of "
          + Self.values(perSample))
    case .scalar(let name): Self.about(name, "is a single number without axes")
    case .badShape(let name, let shape, let reason):
      Self.about(name, "samples of shape \(Self.text(of: shape)) are not supported: \(reason)")
    case .noLayout(let name, let rule, let shape, let rows):
      Self.about(
        name,
        "an array of \(([rows.map { "\($0)" } ?? "n"] + shape.map(String.init)).joined(separator: " x ")) values has "
          + "no layout \"\(rule.name)\"")
    case .tooLarge(let name, let limit):
      Self.about(name, "an array in Fortran order must be read whole, and this one exceeds \(limit) bytes")
    case .truncated(let name, let expected, let got):
      Self.about(name, "ends after \(got) of \(expected) rows")
    case .truncatedRow(let name, let row): Self.about(name, "ends inside row \(row)")
    case .trailingBytes(let name, let rows): Self.about(name, "has data after its \(rows) rows")
    case .columnCount(let name, let line, let found, let expected):
      Self.about(name, "line \(line) has \(Self.values(found)); the first row has \(expected)")
    case .noSuchColumn(let name, let column, let columns):
      Self.about(name, "there is no column \"\(column)\" among \(columns)")
    case .noColumns(let name, let shape):
      Self.about(
        name, "samples of \(shape.map(String.init).joined(separator: "x")) values have no columns")
    case .columnsOfRecords(let name): Self.about(name, "holds records, whose fields stay together")
    case .otherColumns(let name, let column, let isReordered):
      Self.about(
        name,
        isReordered
          ? "column \"\(column)\" is in another place than in the model's table"
          : "column \"\(column)\" of the model is missing")
    case .noValues(let name): Self.about(name, "all columns are exact: no values are left for a model")
    case .headerCount(let name, let found, let expected):
      Self.about(name, "the header names \(found) columns, the first row has \(Self.values(expected))")
    case .notANumber(let name, let line, let column, let text, let table):
      Self.about(
        name, "line \(line), column \(column) is \"\(text)\", \(FieldKind(text, in: table).rawValue)")
    case .openQuote(let name, let line, let column):
      Self.about(name, "line \(line), column \(column) opens a quote that is never closed")
    case .foreignText(let name, let kind): Self.about(name, kind.rawValue)
    case .longLine(let name, let line, let limit):
      Self.about(name, "line \(line) exceeds \(limit) bytes")
    case .rowLength(let name, let row, let found, let expected):
      Self.about(name, "row \(row) has \(Self.values(found)); the first has \(expected)")
    case .rowCountMismatch(let announced, let written):
      "wrote \(written) rows; the header announced \(announced)"
    case .cannotWrite(let format, let reason): "\(format) cannot hold these samples: \(reason)"
    case .cannotHold(let type, let row, let column, let value):
      "row \(row), column \(column) is \(Self.text(of: value)), which \(type.name) cannot hold"
    case .badDescription(let name, let reason):
      Self.about(name, "the description of the samples is damaged: \(reason)")
    }
  }

  /// A message prefixed with the name of a file.
  package static func about(_ name: String, _ text: String) -> String {
    switch name {
    case "": text
    case "-": "standard input: \(text)"
    default: "\(name): \(text)"
    }
  }

  /// Names, as far as they fit a line.
  private static func list(_ names: [String]) -> String {
    let most = 8
    let shown = names.prefix(most).joined(separator: ", ")
    return names.count > most ? "\(shown) and \(names.count - most) others" : shown
  }

  private static func leftover(_ values: Int, _ bytes: Int) -> String {
    let parts = [
      values > 0 || bytes == 0 ? Self.values(values) : nil,
      bytes > 0 ? (bytes == 1 ? "1 byte" : "\(bytes) bytes") : nil,
    ]
    return parts.compactMap { $0 }.joined(separator: " and ") + (values + bytes == 1 ? " is" : " are")
  }

  private static func text(of value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private static func values(_ count: Int) -> String { count == 1 ? "1 value" : "\(count) values" }

  private static func text(of shape: [Int]) -> String {
    "(" + shape.map(String.init).joined(separator: ", ") + ")"
  }
}

extension ReadOptions.Field {
  /// What the option specifies, with an article.
  fileprivate var text: String {
    switch self {
    case .elementType: "an element type"
    case .shape: "a sample's shape"
    case .partial: "a rule for partial samples"
    case .header: "a choice of header"
    case .array: "the name of an array"
    case .digitGroups: "groups of digits"
    }
  }
}

/// Runs `body`, and adds the file name to its errors.
func moving<T>(_ name: String, _ body: () throws(ByteIOError) -> T) throws(SampleIOError) -> T {
  do throws(ByteIOError) {
    return try body()
  } catch {
    throw .bytes(error, name: name)
  }
}
