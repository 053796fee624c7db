import ByteIO
import Records

extension SampleIOError: Advised {
  var fact: String {
    switch self {
    case .missingOption(let name, let option): Self.about(name, "raw values also need \(option.name)")
    case .optionNotApplicable(let name, let option, let format):
      Self.about(name, "is \(format), and \(option.name) does not apply to it")
    default: description
    }
  }

  var remedy: String? {
    switch self {
    case .bytes(let error, _): error.remedy
    case .empty: "name a file that has samples"
    case .unrecognized:
      "pass --format (npy, npz, idx, csv, fvecs, bvecs or ivecs), or --dtype and --shape for raw values"
    case .otherContent(_, let file): file.remedy
    case .missingOption: "for example, pass --dtype f4 --shape 28,28"
    case .badHeader, .badDescription: "get a fresh copy"
    case .noSuchArray: "pass one of them as --array"
    case .notNumbers: "pass another as --array"
    case .unequalArrays(_, let array, _, _, _):
      "save \(array) in a file of its own (Python: numpy.save('x.npy', numpy.load(FILE)['\(array)']))"
    case .unsupportedType(_, let type): NumpyType(type).remedy
    case .optionNotApplicable: "omit it"
    case .notRaw: "omit --dtype and --shape, or pass --format raw to read its bytes as values"
    case .partialSample(_, _, _, let bytes, _):
      "check --shape and --dtype, or pass --partial drop to discard them"
        + (bytes == 0 ? " or --partial pad to add zeros" : "")
    case .scalar: "give it a first axis that counts the samples"
    case .badShape: "split the samples"
    case .noLayout:
      "--window takes any array, --tile one of at least as many axes, --axis an axis that it has"
    case .tooLarge: "save it with numpy.ascontiguousarray, or pass a larger --memory"
    case .truncated: "get a complete copy"
    case .truncatedRow: "get a complete copy, or check --shape"
    case .trailingBytes: "get a fresh copy"
    case .columnCount: "give all lines the same number of columns"
    case .headerCount: "correct the header, or remove it"
    case .noSuchColumn: "use a name from the header, or a number from 1"
    case .noColumns, .columnsOfRecords: "omit the list of columns"
    case .otherColumns(_, _, let isReordered):
      isReordered
        ? "put the columns in the order of the model's table" : "use a model that was fitted to this table"
    case .noValues: "name fewer columns"
    case .notANumber(let name, _, let column, let text, let table):
      FieldKind(text, in: table).remedy(column: column, file: Self.file(name), table: table)
    case .openQuote: "close it, or double it within quotes if it belongs to the field"
    case .foreignText(let name, let kind): kind.remedy(Self.file(name))
    case .longLine: "check that it is a table of numbers, or pass a larger --memory"
    case .rowLength: "the file is damaged or has another format; see --format"
    case .rowCountMismatch: "write to a regular file, not to a pipe"
    case .cannotWrite: "choose another format"
    case .cannotHold: "choose another format, or pass --clip to write the nearest value (0 for NaN)"
    }
  }

  /// The file name for a command that a user can paste.
  private static func file(_ name: String) -> String {
    switch name {
    case "", "-", "standard input": "FILE"
    default: name.contains { " '\"$&;|<>*?()\\".contains($0) } ? "FILE" : name
    }
  }
}

extension ReadOptions.Field {
  fileprivate var name: String {
    switch self {
    case .elementType: "--dtype"
    case .shape: "--shape"
    case .partial: "--partial"
    case .header: "--header"
    case .array: "--array"
    case .digitGroups: "--thousands"
    }
  }
}
