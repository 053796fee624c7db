import ByteIO
import Testing

@testable import SampleIO

@Suite("delimited text")
struct DelimitedTests {
  private func style(_ text: String, options: ReadOptions = ReadOptions()) throws -> DelimitedStyle {
    guard case .delimited(let style) = try open(Array(text.utf8), options: options).description.format else {
      throw SampleIOError.unrecognized(name: "not a text")
    }
    return style
  }

  @Test(
    "separators, blanks, quotes and line ends are understood",
    arguments: [
      "1,2,3\n4,5,6\n", "1,2,3\n4,5,6", "1\t2\t3\r\n4\t5\t6\r\n", "1;2;3\n4;5;6\n\n\n", "1 2 3\n4 5 6\n",
      "  1   2   3  \n  4   5   6  \n", "1, 2, 3\n4 ,5 , 6\n", "\"1\",\"2\",\"3\"\n4,\"5\",6\n",
      "1,2,3,\n4,5,6,\n",
      "\u{FEFF}1,2,3\n4,5,6\n", "a,b,c\n1,2,3\n4,5,6\n", "x y z\n1 2 3  \n4 5 6  \n",
      "# x y z\n1 2 3\n4 5 6\n",
      "\n\n1,2,3\n4,5,6\n \n", "1.0e0,+2,3.\n4,.5e1,600e-2\n", "\"a,b\",\"c\"\"d\",\"\"\n1,2,3\n4,5,6\n",
      "1 \t 2 3\n4 5\t6\n".replacingTabs,
    ])
  func dialects(text: String) throws {
    #expect(try values(text) == [1, 2, 3, 4, 5, 6])
    let reader = try SampleInput.open(SlowSource(Array(text.utf8), piece: 1), name: "-")
    #expect(try readAll(reader, batch: 1).doubles() == [1, 2, 3, 4, 5, 6])
  }

  @Test(
    "texts are written back as they were read",
    arguments: [
      "1,2.50,3.125\n4,5.00,6.250\n", "a;b;c\r\n1;2;3\r\n", "x y\n1.5 2  \n".dropping("  "), "1 2  \n3 4  \n",
      "1\t2\t\n3\t4\t\n", "\"a,b\",\"c\"\"d\",\n1,2,3\n", "# a b\n1 2\n3 4\n", "1.5,nan\n-inf,-2\n",
      "-0.0\n-0.5\n",
      "0.1\n123456789.5\n", "5\n6\n", "a,b\n",
      "0.1234567891\n12345678.9\n", "1,-0.000000001\n",
    ])
  func styles(text: String) throws {
    let reader = try open(Array(text.utf8), name: "table.csv")
    let batch = try readAll(reader, batch: 2)
    #expect(try String(decoding: written(reader.description, [batch]), as: UTF8.self) == text)
  }

  @Test("decimals are the most of each column; exponents and long fractions mean as many as needed")
  func decimals() throws {
    #expect(try style("1.5,2,3e5,0.1234567890\n1.25,nan,1,1\n").decimals == [2, 0, nil, nil])
    #expect(try style("1e5\n2e5\n").decimals == [])
    #expect(try style("1e5,1\n2e5,1\n").decimals == [nil, 0])
  }

  @Test("a header is recognized by words over numbers, or as the user says")
  func header() throws {
    #expect(try style("a,b\n1,2\n").header == ["a", "b"])
    #expect(try style("1,b\n1,2\n").header == ["1", "b"])
    #expect(try style(",b\n0,2\n").header == ["", "b"])
    #expect(try style("1,2\n3,4\n").header == nil)
    #expect(try style("1,2\n3,4\n", options: ReadOptions(header: true)).header == ["1", "2"])
    #expect(try values("1,2\n3,4\n", options: ReadOptions(header: true)) == [3, 4])
    #expect(try style("nan,2\n3,4\n").header == nil)
    #expect(throws: SampleIOError.notANumber(name: "data", line: 1, column: 2, text: "b")) {
      try values("1,b\n1,2\n", options: ReadOptions(header: false))
    }
  }

  @Test("a header alone is an array without rows in a file for tables, and an error elsewhere")
  func headerAlone() throws {
    #expect(throws: SampleIOError.notANumber(name: "data", line: 1, column: 1, text: "a")) {
      try values("a,b\n")
    }
    #expect(throws: SampleIOError.self) { try values("{\"a\": 1}\n") }
    #expect(throws: Never.self) { try values("a,b\n", options: ReadOptions(header: true)) }
    let reader = try open(Array("a,b\n".utf8), name: "table.csv")
    #expect(reader.description.valuesPerSample == 2)
    #expect(try reader.read(maxRows: 5) == nil)
    #expect(reader.description.rows == 0)
  }

  @Test("errors name line and column")
  func errors() {
    #expect(throws: SampleIOError.columnCount(name: "data", line: 3, found: 1, expected: 2)) {
      try values("a,b\n1,2\n3\n")
    }
    #expect(throws: SampleIOError.columnCount(name: "data", line: 2, found: 3, expected: 2)) {
      try values("1,2\n3,4,5\n")
    }
    #expect(throws: SampleIOError.columnCount(name: "data", line: 2, found: 0, expected: 2)) {
      try values("1,2\n\n3,4\n")
    }
    #expect(throws: SampleIOError.notANumber(name: "data", line: 3, column: 2, text: "blue")) {
      try values("size,colour\n1,2\n3,blue\n")
    }
    #expect(throws: SampleIOError.notANumber(name: "data", line: 2, column: 1, text: "Bob")) {
      try values("name,age\nBob,3\n")
    }
    #expect(throws: SampleIOError.headerCount(name: "data", found: 1, expected: 2)) { try values("a\n1,2\n") }
    #expect(throws: SampleIOError.empty(name: "data")) { try values("\n \n") }
  }

  @Test("empty fields, nan and inf are numbers in every spelling")
  func specials() throws {
    let found = try values("1,,NaN\n-inf,Infinity,\n")
    #expect(found[0] == 1 && found[1].isNaN && found[2].isNaN)
    #expect(found[3] == -.infinity && found[4] == .infinity && found[5].isNaN)
  }

  @Test(
    "what is no decimal number is refused",
    arguments: ["0x10", "1_000", "1e", "e5", ".", "-", "--1", "1.2.3", "1 2", "\"1", "True", "1f"])
  func notNumbers(text: String) {
    #expect(throws: SampleIOError.notANumber(name: "data", line: 3, column: 2, text: text)) {
      try values("1,2\n3,4\n5,\(text)\n")
    }
  }

  @Test(
    "every number is the nearest one",
    arguments: [
      "0.1", "123456789012345678", "9007199254740993", "1.7976931348623157e308", "5e-324",
      "2.2250738585072014e-308",
      "0.3333333333333333", "1e23", "8.5e-7", "18446744073709551616", "0.000000000000000000000000000001",
      "1e400",
      "00000000000000000000001.5", "3.14159265358979323846264338327950288", "-1e-400",
    ])
  func nearest(text: String) throws {
    let expected = try #require(Double(text))
    #expect(try values("1,\(text)\n").last?.bitPattern == expected.bitPattern)
  }

  @Test("any binary64 number survives being written as text")
  func shortest() throws {
    var random = Random(3)
    let numbers = (0..<2000).map { _ in Double(bitPattern: random.next()) }.filter { !$0.isNaN }
    let batch = SampleBatch(doubles: numbers, elementType: .f8, valuesPerSample: 1)
    let text = try written(
      SampleDescription(elementType: .f8, sampleShape: [1], format: .delimited(DelimitedStyle())), [batch])
    #expect(try values(text) == numbers)
  }

  @Test("numbers with fixed decimals are those of printf")
  func fixed() {
    func text(_ value: Double, _ decimals: Int) -> String {
      var bytes: [UInt8] = []
      bytes.appendFixed(value, decimals: decimals)
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(text(3.14159, 2) == "3.14")
    #expect(text(-0.05, 1) == "0.0" && text(-0.06, 1) == "-0.1")
    #expect(text(2.5, 0) == "2" && text(3.5, 0) == "4")
    #expect(text(-0.0, 2) == "-0.00")
    #expect(text(0.001, 3) == "0.001" && text(1000, 3) == "1000.000")
    #expect(text(1e300, 2) == "1e+300")
  }

  @Test("lines longer than any buffer, and many lines, are read")
  func large() throws {
    let numbers = (0..<200_000).map { Double($0) }
    #expect(try values(numbers.map { String(Int($0)) }.joined(separator: ",") + "\n") == numbers)
    #expect(try values(numbers.map { String(Int($0)) }.joined(separator: "\n")) == numbers)
  }

  @Test("integers and binary32 numbers are written as such")
  func types() throws {
    let style = SampleFormat.delimited(DelimitedStyle(header: ["a", "b"]))
    let small = SampleBatch(floats: [0.1, 2, -3, 1e10], elementType: .f4, valuesPerSample: 2)
    let description = try SampleDescription(elementType: .f4, sampleShape: [2], format: style)
    #expect(
      try String(decoding: written(description, [small]), as: UTF8.self) == "a,b\n0.1,2.0\n-3.0,1e+10\n")
    let whole = SampleBatch(floats: [-5, 2], elementType: .i4, valuesPerSample: 2)
    let integers = try SampleDescription(elementType: .i4, sampleShape: [2], format: style)
    #expect(try String(decoding: written(integers, [whole]), as: UTF8.self) == "a,b\n-5,2\n")
  }
}

extension String {
  /// Blanks in place of tabs.
  fileprivate var replacingTabs: String { String(map { $0 == "\t" ? " " : $0 }) }

  /// The text without `part` at the end of its lines.
  fileprivate func dropping(_ part: String) -> String {
    split(separator: "\n").map { $0.hasSuffix(part) ? $0.dropLast(part.count) : $0 }.joined(separator: "\n")
      + "\n"
  }
}
