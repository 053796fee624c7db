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
      Self.about(name, "is empty; name a file that has samples")
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
      Self.about(name, "the \(format) header is damaged: \(reason); get a fresh copy")
    case .unsupportedType(let name, let type): Self.about(name, NumpyType(type).advice)
    case .optionNotApplicable(let name, let option, let format):
      Self.about(name, "is \(format), which \(option) says nothing about; leave that out")
    case .notRaw(let name, let kind):
      Self.about(
        name,
        "is \(kind), not raw values; leave --dtype and --shape out, or pass --format raw to take its bytes as values"
      )
    case .partialSample(let name, let rows, let values, let bytes, let perSample):
      Self.about(
        name,
        "\(Self.leftover(values, bytes)) left over after \(rows == 1 ? "1 sample" : "\(rows) samples") of "
          + "\(Self.values(perSample)); check --shape and --dtype, or pass --partial drop to leave them out"
          + (bytes == 0 ? ", --partial pad to add zeros" : ""))
    case .scalar(let name):
      Self.about(
        name, "is a single number without axes; give it a first axis, which counts the samples")
    case .badShape(let name, let shape, let reason):
      Self.about(
        name,
        "samples of shape \(Self.text(of: shape)) cannot be handled: \(reason); cut samples into smaller ones"
      )
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
        name,
        "ends inside row \(row); the file is incomplete, or the shape of a sample is another: check --shape")
    case .trailingBytes(let name, let rows):
      Self.about(name, "goes on after its \(rows) rows; the header or the file is damaged, get it again")
    case .columnCount(let name, let line, let found, let expected):
      Self.about(
        name,
        "line \(line) has \(Self.values(found)); the first row has \(expected). Give all lines the same columns"
      )
    case .headerCount(let name, let found, let expected):
      Self.about(
        name,
        "the header names \(found) columns, the first row has \(Self.values(expected)); correct the header"
          + (found + 1 == expected ? ", perhaps by a name for the first column" : ", or remove it"))
    case .notANumber(let name, let line, let column, let text, let table):
      Self.about(
        name,
        "line \(line), column \(column) is \"\(text)\", "
          + FieldKind(text, in: table).advice(column: column, file: Self.file(name), table: table))
    case .lineOfUnits(let name, let line, let text):
      Self.about(
        name,
        "line \(line), \"\(text)\", looks like units below the names; remove it: sed \(line)d \(Self.file(name)) > NEW.csv"
      )
    case .openQuote(let name, let line):
      Self.about(
        name, "line \(line) opens a quote that it does not close; remove line breaks from names and fields")
    case .foreignText(let name, let kind): Self.about(name, kind.text(Self.file(name)))
    case .longLine(let name, let line, let limit):
      Self.about(
        name,
        "line \(line) takes more than \(limit) bytes; this is hardly a table of numbers, but "
          + "a larger --memory takes longer lines")
    case .rowLength(let name, let row, let found, let expected):
      Self.about(
        name,
        "row \(row) has \(Self.values(found)) where the first has \(expected); the file is damaged, or in "
          + "another format: see --format")
    case .rowCountMismatch(let announced, let written):
      "\(written) rows were written where \(announced) were announced; write to a regular file, not to a pipe"
    case .cannotWrite(let format, let reason):
      "\(format) cannot hold these samples: \(reason); choose another format"
    case .cannotHold(let type, let row, let column, let value):
      "row \(row), column \(column) is \(Self.text(of: value)), which \(type.name) cannot hold; choose another format, or "
        + "pass --clip to write the nearest value (0 for nan)"
    case .badDescription(let name, let reason):
      Self.about(name, "the description of the samples is damaged: \(reason); get a fresh copy")
    }
  }

  static func about(_ name: String, _ text: String) -> String {
    switch name {
    case "": text
    case "-": "standard input: \(text)"
    default: "\(name): \(text)"
    }
  }

  /// The file in a command that a user may type.
  private static func file(_ name: String) -> String {
    switch name {
    case "", "-", "standard input": "FILE"
    default: name.contains { " '\"$&;|<>*?()\\".contains($0) } ? "FILE" : name
    }
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

/// Does `body`, and tells which file an error of ByteIO is about.
func moving<T>(_ name: String, _ body: () throws(ByteIOError) -> T) throws(SampleIOError) -> T {
  do throws(ByteIOError) {
    return try body()
  } catch {
    throw .bytes(error, name: name)
  }
}
