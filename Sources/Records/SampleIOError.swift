import ByteIO

/// The errors of reading and writing samples.
///
/// `name` is the file as the user gave it. Rows, lines and columns count from 1. ``description`` states what is wrong
/// and where.
public enum SampleIOError: Error, Equatable {
  /// Bytes could not be moved or decompressed.
  case bytes(ByteIOError, name: String)
  /// The input is empty.
  case empty(name: String)
  /// The content matches no known format.
  case unrecognized(name: String)
  /// The content is of a recognized but unsupported kind.
  case otherContent(name: String, RecognizedFile)
  /// Raw data need an element type and a sample shape; one of them is missing.
  case missingOption(name: String, option: ReadOptions.Field)
  /// A header violates its format.
  case badHeader(name: String, format: String, reason: String)
  /// An archive has no array of this name.
  case noSuchArray(name: String, array: String, arrays: [String])
  /// The array to be modelled has no numbers, or no axis for the samples.
  case notNumbers(name: String, array: String)
  /// Two large arrays of an archive have first axes of different lengths, or one has none.
  case unequalArrays(name: String, array: String, rows: Int?, other: String, otherRows: Int)
  /// The type of the values is not supported.
  case unsupportedType(name: String, type: String)
  /// An option does not apply to the input's format.
  case optionNotApplicable(name: String, option: ReadOptions.Field, format: String)
  /// A type or shape, which applies to raw values, was given for an input of another kind.
  case notRaw(name: String, kind: String)
  /// Raw data end with values, and perhaps bytes of another value, after the last full sample.
  case partialSample(name: String, rows: Int, values: Int, bytes: Int, valuesPerSample: Int)
  /// The array has no axis.
  case scalar(name: String)
  /// The shape is not supported.
  case badShape(name: String, shape: [Int], reason: String)
  /// A layout does not apply to an array, whose rows have this shape.
  case noLayout(name: String, rule: LayoutRule, shape: [Int], rows: Int?)
  /// An array that must be read whole takes more than `limit` bytes.
  case tooLarge(name: String, limit: Int)
  /// The input ends before the number of rows that its header announces.
  case truncated(name: String, expectedRows: Int, gotRows: Int)
  /// The input ends inside a row.
  case truncatedRow(name: String, row: Int)
  /// The input continues after the number of rows that its header announces.
  case trailingBytes(name: String, rows: Int)
  /// The number of fields in a line differs from that in the first.
  case columnCount(name: String, line: Int, found: Int, expected: Int)
  /// A list of columns names one that there is not.
  case noSuchColumn(name: String, column: String, columns: Int)
  /// Columns are asked for in samples that have more than one axis.
  case noColumns(name: String, shape: [Int])
  /// Columns are asked for in records of several arrays or fields.
  case columnsOfRecords(name: String)
  /// A table lacks a column of the model, or has it before one that it should follow.
  case otherColumns(name: String, column: String, isReordered: Bool)
  /// No column is left whose values a model could be fitted to.
  case noValues(name: String)
  /// The line of names has another number of fields than the first row.
  case headerCount(name: String, found: Int, expected: Int)
  /// A field is not a number, or not one that binary64 represents.
  case notANumber(name: String, line: Int, column: Int, text: String, table: TableLayout)
  /// A field opens a quote that is never closed.
  case openQuote(name: String, line: Int, column: Int)
  /// A text is in an unsupported format.
  case foreignText(name: String, kind: ForeignText)
  /// A line takes more than `limit` bytes.
  case longLine(name: String, line: Int, limit: Int)
  /// The length of a row of fvecs, bvecs or ivecs differs from that of the first.
  case rowLength(name: String, row: Int, found: Int, expected: Int)
  /// The number of rows written differs from that announced, and the output's header cannot be changed.
  case rowCountMismatch(announced: Int, written: Int)
  /// The format cannot hold such an array.
  case cannotWrite(format: String, reason: String)
  /// The type of the output cannot hold a value.
  case cannotHold(type: ElementType, row: Int, column: Int, value: Double)
  /// A description in a stream's header is invalid.
  case badDescription(name: String, reason: String)
}

extension SampleIOError {
  /// Whether a larger memory limit would help.
  public var asksForMore: Bool {
    switch self {
    case .bytes(let error, _): error.asksForMore
    case .tooLarge, .longLine: true
    default: false
    }
  }
}
