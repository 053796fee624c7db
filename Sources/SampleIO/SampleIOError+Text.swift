import ByteIO

extension SampleIOError: CustomStringConvertible {
  /// Which file, what is wrong, where, and what to do about it.
  public var description: String {
    switch self {
    case .bytes(let error, let name):
      switch error {
      case .system, .exists: error.description
      default: Self.about(name, error.problem)
      }
    case .empty(let name):
      Self.about(name, "is empty; samples are expected")
    case .unrecognized(let name):
      Self.about(
        name,
        "is in no known format; pass --format (npy, idx, csv, fvecs, bvecs or ivecs), or --dtype and "
          + "--shape for raw values")
    case .otherContent(let name, let file):
      Self.about(name, "is \(file.kind); \(file.remedy)")
    case .missingOption(let name, let option):
      Self.about(
        name, "raw values need \(option) as well; an example is --dtype f4 --shape 28,28 for one sample")
    case .badHeader(let name, let format, let reason):
      Self.about(name, "the \(format) header is damaged: \(reason)")
    case .unsupportedType(let name, let type):
      Self.about(
        name,
        "values of type \(type) are not supported (u1 i1 u2 i2 u4 i4 f2 f4 f8 are); convert them first, "
          + "in numpy with .astype('f4')")
    case .scalar(let name):
      Self.about(name, "is a single number without axes; the first axis has to count the samples")
    case .badShape(let name, let shape, let reason):
      Self.about(name, "samples of shape \(Self.text(of: shape)) cannot be handled: \(reason)")
    case .tooLarge(let name, let limit):
      Self.about(
        name,
        "an array in Fortran order is read whole, and this one takes more than \(limit) bytes; save it "
          + "with numpy.ascontiguousarray, or pass a larger --memory")
    case .truncated(let name, let expected, let got):
      Self.about(
        name, "ends after \(got) of \(expected) rows; the file is incomplete, get it again")
    case .truncatedRow(let name, let row):
      Self.about(
        name, "ends inside row \(row); the file is incomplete, or the shape of a sample is another")
    case .trailingBytes(let name, let rows):
      Self.about(name, "goes on after its \(rows) rows; the header or the file is damaged")
    case .columnCount(let name, let line, let found, let expected):
      Self.about(
        name,
        "line \(line) has \(Self.values(found)) where the first has \(expected); give all lines the same "
          + "columns")
    case .headerCount(let name, let found, let expected):
      Self.about(
        name,
        "the header names \(found) columns, the first row has \(Self.values(expected)); correct the header "
          + "or remove it")
    case .notANumber(let name, let line, let column, let text):
      Self.about(
        name,
        "line \(line), column \(column) is \"\(text)\", not a number; remove the column or encode it as "
          + "numbers")
    case .longLine(let name, let line, let limit):
      Self.about(
        name,
        "line \(line) takes more than \(limit) bytes; this is hardly a table of numbers, but "
          + "a larger --memory takes longer lines")
    case .rowLength(let name, let row, let found, let expected):
      Self.about(
        name,
        "row \(row) has \(Self.values(found)) where the first has \(expected); the file is damaged, or in "
          + "another format")
    case .rowCountMismatch(let announced, let written):
      "\(written) rows were written where \(announced) were announced; write to a regular file, not to a pipe"
    case .cannotWrite(let format, let reason):
      "\(format) cannot hold these samples: \(reason); choose another format"
    case .badDescription(let name, let reason):
      Self.about(name, "the description of the samples is damaged: \(reason)")
    }
  }

  private static func about(_ name: String, _ text: String) -> String {
    switch name {
    case "": text
    case "-": "standard input: \(text)"
    default: "\(name): \(text)"
    }
  }

  private static func values(_ count: Int) -> String { count == 1 ? "1 value" : "\(count) values" }

  private static func text(of shape: [Int]) -> String {
    "(" + shape.map(String.init).joined(separator: ", ") + ")"
  }
}

/// Does `body`, and tells which file an error of ByteIO is about.
func moving<T>(_ name: String, _ body: () throws(ByteIOError) -> T) throws(SampleIOError) -> T {
  do throws(ByteIOError) {
    return try body()
  } catch {
    throw .bytes(error, name: name)
  }
}
