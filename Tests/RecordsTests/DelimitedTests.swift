import Testing

@testable import Records

@Suite("delimited text")
struct DelimitedTests {
  /// What a text is when all of it has been read, its values, and the notes.
  private func read(
    _ text: String, name: String = "data"
  ) throws -> (style: DelimitedStyle, values: [Double], notes: [String]) {
    let notes = ReadingNotes()
    let reader = try open(Array(text.utf8), name: name, options: ReadOptions(notes: notes))
    let batch = try readAll(reader, batch: 3)
    guard case .delimited(let style) = reader.description.format else {
      throw SampleIOError.unrecognized(name: "not a text")
    }
    return (style, batch.doubles(), notes.take())
  }

  /// The message about a text, which has one.
  private func message(_ text: String) -> String {
    do {
      try values(text)
      return ""
    } catch {
      return "\(error)"
    }
  }

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
    #expect(try read("1.5,2,3e5,0.1234567890\n1.25,nan,1,1\n").style.decimals == [2, 0, nil, nil])
    #expect(try read("1e5\n2e5\n").style.decimals == [])
    #expect(try read("1e5,1\n2e5,1\n").style.decimals == [nil, 0])
  }

  @Test("decimals are known when the last row has been read, and are those of all rows")
  func lateDecimals() throws {
    let text = String(repeating: "1,2.5\n", count: 300_000) + "1.125,2.5\n"
    let reader = try open(Array(text.utf8))
    func decimals() -> [Int?]? {
      guard case .delimited(let style) = reader.description.format else { return nil }
      return style.decimals
    }
    #expect(decimals() == [])
    while try reader.read(maxRows: 10_000) != nil {}
    #expect(decimals() == [3, 1])
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
    // The second column is one of text.
    #expect(try values("1,b\n1,2\n", options: ReadOptions(header: false)) == [1, 1])
  }

  @Test("a header alone is an array without rows in a file for tables, and an error elsewhere")
  func headerAlone() throws {
    #expect(
      throws: SampleIOError.notANumber(
        name: "data", line: 1, column: 1, text: "a", table: TableLayout(columns: 2))
    ) {
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
    #expect(
      throws: SampleIOError.notANumber(
        name: "data", line: 2, column: 1, text: "Bob", table: TableLayout(columns: 2))
    ) {
      try values("name,age\nBob,old\n")
    }
    #expect(throws: SampleIOError.headerCount(name: "data", found: 1, expected: 3)) {
      try values("a\n1,2,3\n")
    }
    #expect(throws: SampleIOError.empty(name: "data")) { try values("\n \n") }
  }

  @Test("empty fields, nan and inf are numbers in every spelling")
  func specials() throws {
    let found = try values("1,,NaN\n-inf,Infinity,\n")
    #expect(found[0] == 1 && found[1].isNaN && found[2].isNaN)
    #expect(found[3] == -.infinity && found[4] == .infinity && found[5].isNaN)
  }

  @Test(
    "what is no decimal number is missing from a column of numbers",
    arguments: ["0x10", "1_000", "1e", "e5", ".", "-", "--1", "1.2.3", "1 2", "True", "1f"])
  func notNumbers(text: String) throws {
    let found = try values("1,2\n3,4\n5,\(text)\n")
    #expect(found[..<5] == [1, 2, 3, 4, 5] && found[5].isNaN)
  }

  @Test(
    "integers that binary64 would round, and numbers beyond it, are text; those that it holds are not",
    arguments: [
      ("9007199254740992", true), ("9007199254740993", false), ("-9007199254740993", false),
      ("123456789012345678", false), ("123456789012345680", true), ("18446744073709551616", true),
      ("18446744073709551617", false), ("100000000000000000000", true), ("100000000000000000001", false),
      ("340282346638528859811704183484516925440", true), ("1e400", false), ("-1e400", false),
    ])
  func integers(text: String, isHeld: Bool) throws {
    if isHeld { return #expect(try values("1,2\n3,\(text)\n").last == Double(text)) }
    #expect(try values("1,2\n3,\(text)\n") == [1, 3])
  }

  @Test(
    "decimal commas, Fortran's exponents, comments, blank lines and line ends of all kinds are read",
    arguments: [
      "a;b\n1,5;2\n3;4,25\n", "1,5\t2,0\n3,0\t4,25\n", "1,5 2,0\n3,0 4,25\n", "1.5,2\r3,4.25\r",
      "1.5,2\r\r\n3,4.25\r\r\n",
      "# run 7\n# a, b\n1.5,2\n# more\n3,4.25\n", "1.5,2\n\n3,4.25\n\n\n",
      "# two lines\n% of words\n1.5 2\n\n\n3 4.25\n",
      "1.50D+00 0.2D1\n3.0d+0 4.25\n", "a,b,c\n1.5,2,\n3,4.25,\n".replacing("a,b,c", with: "a,b"),
      "1.5,2\r\n3,4.25\n",
      "a,b\n1.5,2\n3,4.25\n\u{1A}", "sep=;\na;b\n1.5;2\n3;4.25\n", "\"sep=,\"\n1.5,2\n3,4.25\n",
      "t;u\n[s];[V]\n1.5;2\n3;4.25\n", "t;u\n;[V]\n1.5;2\n3;4.25\n", "\"a\",\"b\n(c)\"\n1.5,2\n3,4.25\n",
      "% by hand\n@RELATION r\n@attribute 'a b' numeric\n@Attribute b real\n\n@DATA\n1.5,2\n3,4.25\n",
      "a b\nr1 1.5 2\nr2 3 4.25\n", "\"a\" \"b\"\n\"1\" 1.5 2\n\"2\" 3 4.25\n",
      "a,t,b\n1.5,\"x\ny, z\",2\n3,\"\"\"\n\"\"\",4.25\n",
      "d,a,b\n(day),(s),-\nMonday,1.5,2\nTuesday,3,4.25\n", "a,t,b\n1.5,5' 3\",2\n3,4\",4.25\n",
    ])
  func readable(text: String) throws { #expect(try read(text).values == [1.5, 2, 3, 4.25]) }

  @Test("an exponent of three digits needs no letter, as Fortran prints it")
  func exponents() throws {
    #expect(try values("1.5-103 2.5+101\n1.0 2.0\n") == [1.5e-103, 2.5e101, 1, 2])
    #expect(try values("1 2\n15-103 1\n") == [2, 1])
  }

  @Test("what is left out of a text, or comes back as another, is noted once")
  func notes() throws {
    #expect(try read("1,2\n3,4\n").notes == [])
    #expect(try read("1,2\n3,4\n\n \n").notes == [])
    #expect(try read("# x\n1,2\n# y\n\n\n3,4\n").notes.count == 2)
    #expect(
      try read("1,2\nNA,\n,4\n").notes == [
        "data: 3 fields without a number (first: line 2, column 1) come back as nan"
      ])
    #expect(try read("1;2,5\n3;4\n").notes.count == 1)
  }

  @Test(
    "marks of missing values are NaN",
    arguments: ["NA", "N/A", "null", "NULL", "#N/A", "<NA>", "None", "nan", "-nan", "1.#IND"])
  func missing(mark: String) throws { #expect(try values("1,2\n3,\(mark)\n")[3].isNaN) }

  @Test("a comment is the line of names where it has as many as the rows have fields")
  func namesInComments() throws {
    #expect(try read("# run 7\n# N, M\n1,2\n").style.header == ["# N", "M"])
    #expect(try read("# run 7\n1,2\n").style.header == nil)
    #expect(try read("#a,b\n1,2\n").style.header == ["#a", "b"])
    let text = "#a,b\n1,2\n"
    let reader = try open(Array(text.utf8))
    let batch = try readAll(reader, batch: 2)
    #expect(try String(decoding: written(reader.description, [batch]), as: UTF8.self) == text)
  }

  @Test(
    "what is no number is named where no column has numbers",
    arguments: [
      ("id\n9007199254740993\n", "above 2^53"),
      ("t\n2024-01-31\n", "a date"),
      ("gene\nENSG1\n", "not a number"),
      ("v,w\nx,\"1,001\"\n", "not a number"),
      ("v\n5%\n", "a percentage"),
      ("v\n$5\n", "money"),
      ("v\n(5)\n", "parentheses"), ("v\n0x1F\n", "hexadecimal"),
      ("v\nTrue\n", "a boolean"),
      ("v\n(1+2j)\n", "complex"), ("v\n1_000\n", "underscores"),
      ("v\n'1'\n", "single quotes"), ("v\n1e999\n", "beyond the range"),
      ("v\n***\n", "Fortran"),
      ("v,w\n1,2\nv,w\n", "name again"),
      ("{\"a\": 1}\n", "JSON"), ("%%MatrixMarket matrix\n1 1\n", "Matrix Market"),
      ("a,b\n1,2\n\"3,4\n5,6\n", "line 3, column 1 opens a quote"),
      ("a,\"b\n1,2\n3,4\n", "line 1, column 2 opens a quote"),
      ("v\n\u{2212}5\n", "U+2212"), ("v\n1'000\n", "apostrophes"), ("v\n12:30:00\n", "a time"),
    ])
  func noNumber(text: String, part: String) {
    let message = message(text)
    #expect(message.hasPrefix("data: ") && message.contains(part) && !message.contains("\n"), "\(message)")
  }

  @Test("names are those of the header, with none for a column of row names")
  func names() throws {
    #expect(try style("\"a\",\"b\n(c)\"\n1,2\n").header == ["a", "b\n(c)"])
    #expect(try style("x y\n1 2 3\n4 5 6\n").header == ["x", "y"])
    #expect(
      try style("@relation r\n@attribute 'a b' real\n@attribute b real\n@data\n1,2\n").header == ["a b", "b"])
    #expect(try style("sep=;\na;b\n1;2\n").header == ["a", "b"])
    #expect(try style("a,b\n[m],[s]\n1,2\n").header == ["a", "b"])
    // Words over numbers are units where they are in brackets, or all is numbers below.
    #expect(try values("a,b\nx,n/d\ny,2\nz,3\n").count == 3)
  }

  @Test("units are noted")
  func units() throws {
    #expect(try read("a,b\n[m],[s]\n1,2\n").notes == ["data: line 2, \"[m],[s]\", is read as units"])
  }

  @Test("text in UTF-16 is read, whichever its byte order", arguments: [true, false])
  func utf16(isBig: Bool) throws {
    func bytes(_ text: String) -> [UInt8] {
      Array(text.utf16).flatMap {
        isBig ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)]
      }
    }
    for mark in ["", "\u{FEFF}"] {
      let text = bytes(mark + "größe,b\n1.5,2\n3,4.25\n")
      #expect(try values(text, name: "a.csv") == [1.5, 2, 3, 4.25])
      #expect(try values(text) == [1.5, 2, 3, 4.25])
      #expect(throws: SampleIOError.bytes(.truncated(format: "UTF-16"), name: "data")) {
        try values(text + [0x41])
      }
    }
    // Numbers of 16 bits are no text.
    #expect(throws: SampleIOError.unrecognized(name: "data")) { try values(bytes("\u{1}\u{2}\u{3}\u{4}\n")) }
  }

  @Test("bytes that are no UTF-8 are letters of some kind")
  func latin1() throws {
    let bytes = Array("T [".utf8) + [0xB0] + Array("C],b\n1.5,2\n3,4.25\n".utf8)
    #expect(try values(bytes) == [1.5, 2, 3, 4.25])
  }

  @Test(
    "every number is the nearest one",
    arguments: [
      "0.1", "123456789012345678.0", "9007199254740993.0", "1.7976931348623157e308", "5e-324",
      "2.2250738585072014e-308",
      "0.3333333333333333", "1e23", "8.5e-7", "18446744073709551616", "0.000000000000000000000000000001",
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
