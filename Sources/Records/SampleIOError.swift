import ByteIO

/// What can go wrong while samples are read or written.
///
/// `name` is the file as the user knows it. Rows, lines and columns count from 1. ``description`` states what is wrong and
/// where.
public enum SampleIOError: Error, Equatable {
  /// Bytes could not be moved or decompressed.
  case bytes(ByteIOError, name: String)
  /// There is not a single byte.
  case empty(name: String)
  /// The content fits no format that is known.
  case unrecognized(name: String)
  /// The content is something else, which is recognized.
  case otherContent(name: String, RecognizedFile)
  /// Raw data come without an element type or without a sample shape.
  case missingOption(name: String, option: ReadOptions.Field)
  /// A header breaks the rules of its format.
  case badHeader(name: String, format: String, reason: String)
  /// Values are of a type that is not supported.
  case unsupportedType(name: String, type: String)
  /// An option was given that says nothing about an input of this format.
  case optionNotApplicable(name: String, option: ReadOptions.Field, format: String)
  /// A type or a shape was given, which is for raw values, and the input is recognizably something else.
  case notRaw(name: String, kind: String)
  /// Raw values, and perhaps bytes of one more, are left over after the last sample that is full.
  case partialSample(name: String, rows: Int, values: Int, bytes: Int, valuesPerSample: Int)
  /// The array has no axis at all.
  case scalar(name: String)
  /// The shape cannot be handled.
  case badShape(name: String, shape: [Int], reason: String)
  /// An array that has to be read whole takes more than `limit` bytes.
  case tooLarge(name: String, limit: Int)
  /// The input ends before the rows that its header announces.
  case truncated(name: String, expectedRows: Int, gotRows: Int)
  /// The input ends inside a row.
  case truncatedRow(name: String, row: Int)
  /// The input goes on after the rows that its header announces.
  case trailingBytes(name: String, rows: Int)
  /// A line has another number of fields than the first.
  case columnCount(name: String, line: Int, found: Int, expected: Int)
  /// The line of names has another number of fields than the first row.
  case headerCount(name: String, found: Int, expected: Int)
  /// A field is not a number, or none that binary64 holds.
  case notANumber(name: String, line: Int, column: Int, text: String, table: TableLayout)
  /// The line below the names holds units.
  case lineOfUnits(name: String, line: Int, text: String)
  /// A line opens a quote that it does not close.
  case openQuote(name: String, line: Int)
  /// A text is in a format, or an encoding, that is not read.
  case foreignText(name: String, kind: ForeignText)
  /// A line takes more than `limit` bytes.
  case longLine(name: String, line: Int, limit: Int)
  /// A row of fvecs, bvecs or ivecs has another length than the first.
  case rowLength(name: String, row: Int, found: Int, expected: Int)
  /// Other rows were written than announced, to an output whose header cannot be changed any more.
  case rowCountMismatch(announced: Int, written: Int)
  /// The format cannot hold such an array.
  case cannotWrite(format: String, reason: String)
  /// A type cannot hold a value that is to be written.
  case cannotHold(type: ElementType, row: Int, column: Int, value: Double)
  /// A description in a stream's header is not valid.
  case badDescription(name: String, reason: String)
}

extension SampleIOError {
  /// Whether more memory would be of help.
  public var asksForMore: Bool {
    switch self {
    case .bytes(let error, _): error.asksForMore
    case .tooLarge, .longLine: true
    default: false
    }
  }
}
