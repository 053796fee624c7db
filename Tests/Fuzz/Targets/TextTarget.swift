@testable import Records

/// Files of numbers as text.
///
/// The first byte says what the user says of the file, the second how many rows are read at once; the text follows. What
/// was read is written without a number of decimals, and read again: the numbers must be the same.
enum TextTarget: FuzzTarget {
  static let name = "text"

  private static let names = ["data.csv", "data.tsv", "data.txt", "data"]

  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let (kind, rows) = (Int(choices.byte()), Int(choices.byte()) + 1)
    var options = ReadOptions()
    if kind & 4 != 0 { options.format = .csv }
    if kind & 8 != 0 { options.header = kind & 16 != 0 }
    guard
      let (read, bytes) = try SampleReading.read(
        choices.rest, name: names[kind & 3], options: options, batchRows: rows),
      case .delimited(let style) = read.format
    else { return }
    var description = read
    _ = try SampleReading.write(description, bytes)
    description.format = description.format.withoutDecimals
    guard description.rows ?? 0 > 0, let again = try SampleReading.write(description, bytes) else { return }
    let known = ReadOptions(format: .csv, header: style.header != nil)
    guard let copy = try SampleReading.read(again[...], name: "copy.csv", options: known, batchRows: 64)
    else {
      throw BrokenPromise("the copy cannot be read")
    }
    let (old, new) = (numbers(description, bytes), numbers(copy.description, copy.bytes))
    try BrokenPromise.unless(
      old.count == new.count && zip(old, new).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN },
      "the copy differs")
  }

  private static func numbers(_ description: SampleDescription, _ bytes: [UInt8]) -> [Double] {
    SampleBatch(
      elementType: description.elementType, valuesPerSample: description.valuesPerSample, bytes: bytes
    ).doubles()
  }

  static func seeds() throws -> [[UInt8]] {
    let texts = [
      "a,b\n1,2\n3,4\n", "1 2  3\n4 5 6 \n", "\"x\";\"y \"\"z\"\"\"\r\n-1.50;2e-3\r\n\r\n",
      "# a b\n1 nan\n-inf 0x1p3\n", "1,2,\n3,4,\n",
      "+.5,1e400\n1e-400,.\n", "\u{FEFF}1\t2\n",
    ]
    return try FixtureFiles.files(in: "formats").compactMap { name, bytes in
      let suffix = name.split(separator: ".").last.map(String.init) ?? ""
      return ["csv", "tsv", "txt"].contains(suffix) ? [0, 3] + bytes : nil
    } + texts.map { [3, 0] + Array($0.utf8) }
  }
}
