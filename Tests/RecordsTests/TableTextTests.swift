import Testing

@testable import ByteIO
@testable import Records

@Suite("Text of tables without its numbers")
struct TableTextTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
  }

  private static let spellings: [ColumnSpelling] =
    [0, 1, 2, 5, 15].map { ColumnSpelling(.fixed(decimals: $0)) }
    + [false, true].flatMap { hasPointZero in
      [nil, 0, 4, 15].map { ColumnSpelling(.shortest(hasPointZero: hasPointZero), most: $0) }
    }
    + [
      ColumnSpelling(.fixed(decimals: 2), width: 9), ColumnSpelling(.shortest(hasPointZero: false), width: 4),
    ]

  /// Splits a text in batches.
  private func split(
    _ text: [UInt8], _ layout: TableText, _ spellings: [ColumnSpelling?], maxRows: Int = .max
  ) -> [SplitRows] {
    let splitter = TableTextSplitter(layout, spellings: spellings)
    var batches: [SplitRows] = []
    var taken = 0
    while taken < text.count {
      let (rows, bytes) = text[taken...].withUnsafeBytes { splitter.split($0, maxRows: maxRows, isEnd: true) }
      #expect(bytes > 0 && rows.rows <= maxRows && rows.numbers.count == rows.rows * splitter.numbersPerRow)
      guard bytes > 0 else { break }
      batches.append(rows)
      taken += bytes
    }
    return batches
  }

  private func join(
    _ batches: [SplitRows], _ layout: TableText, _ spellings: [ColumnSpelling?]
  ) throws -> [UInt8] {
    let joiner = TableTextJoiner(layout, spellings: spellings, isPrecise: true)
    var text: [UInt8] = []
    for batch in batches {
      try batch.skeleton.withUnsafeBytes { skeleton in
        try batch.numbers.withUnsafeBufferPointer { numbers in
          try joiner.join(skeleton, numbers: numbers, rows: batch.rows, into: &text)
        }
      }
    }
    return text
  }

  @Test("any bytes come back, whatever the layout, the spellings and the batches", arguments: 0..<600)
  func anyBytes(seed: UInt64) throws {
    var random = Generator(state: seed)
    let layout = TableText(
      separator: DelimitedStyle.Separator.allCases.randomElement(using: &random) ?? .comma,
      lineEnd: [UInt8(ascii: "\n"), UInt8(ascii: "\r")].randomElement(using: &random) ?? 0,
      point: [UInt8(ascii: "."), UInt8(ascii: ",")].randomElement(using: &random) ?? 0,
      groups: Bool.random(using: &random) ? DigitGroups.allCases.randomElement(using: &random) : nil,
      quotesSpanLines: Bool.random(using: &random))
    let spellings = (0..<Int.random(in: 0...5, using: &random)).map { _ -> ColumnSpelling? in
      var spelling = Bool.random(using: &random) ? Self.spellings.randomElement(using: &random) : nil
      spelling?.hasGroups = layout.groups != nil && Bool.random(using: &random)
      return spelling
    }
    let alphabet =
      Array("000123456789.,-+eE \t;|'_\"#%N/A\n\r\u{0}\u{0}\u{1A}x".utf8) + [
        layout.separator.byte, layout.lineEnd, 0xEF,
      ]
    let text = (0..<Int.random(in: 0...900, using: &random)).map { _ in
      alphabet.randomElement(using: &random) ?? 0
    }
    let maxRows = Int.random(in: 1...20, using: &random)
    let batches = split(text, layout, spellings, maxRows: maxRows)
    #expect(batches.dropLast().allSatisfy { $0.rows == maxRows })
    #expect(try join(batches, layout, spellings) == text)
  }

  @Test("tables of numbers come back, and their numbers are taken out", arguments: 0..<100)
  func tables(seed: UInt64) throws {
    var random = Generator(state: seed)
    let separator = DelimitedStyle.Separator.allCases.randomElement(using: &random) ?? .comma
    let point = separator == .comma ? UInt8(ascii: ".") : UInt8(ascii: ",")
    let layout = TableText(separator: separator, point: point)
    let known = Self.spellings.filter { $0.form != .fixed(decimals: 15) }
    let spellings = (0..<Int.random(in: 1...6, using: &random)).map { _ in known.randomElement(using: &random)
    }
    var text: [UInt8] = []
    var numbers: [Double] = []
    for _ in 0..<50 {
      for (column, spelling) in spellings.enumerated() {
        guard let spelling else { continue }
        if column > 0 { text.append(separator.byte) }
        let scales: [Double] = [1e-3, 1, 1e3]
        let scale = scales.randomElement(using: &random) ?? 1
        let value = (Double.random(in: -99...99, using: &random) * scale * 1e5).rounded() / 1e5
        var cell: [UInt8] = []
        spelling.append(value, to: &cell, TableText(point: point))
        let isQuoted = Int.random(in: 0..<9, using: &random) == 0
        text += repeatElement(0x20, count: isQuoted ? 0 : max(0, spelling.width - cell.count))
        text += isQuoted ? [UInt8(ascii: "\"")] + cell + [UInt8(ascii: "\"")] : cell
        numbers.append(value)
      }
      text += Array("\r\n".utf8)
    }
    let batches = split(text, layout, spellings)
    #expect(try join(batches, layout, spellings) == text)
    // What is written with fewer digits is another number; and a few spellings cannot be told from text.
    let taken = try #require(batches.first).numbers
    let out = try #require(batches.first).skeleton.count { $0 == 0 }
    #expect(
      taken.count == numbers.count && (taken.count - out) * 20 < taken.count, "\(out) of \(taken.count)")
    for (one, other) in zip(taken, numbers) where !one.isNaN { #expect((one - other).magnitude <= 0.5) }
  }

  @Test("known rows give a known skeleton and known numbers")
  func knownAnswer() throws {
    let layout = TableText()
    let spellings: [ColumnSpelling?] = [
      ColumnSpelling(.fixed(decimals: 1)), nil, ColumnSpelling(.shortest(hasPointZero: false)),
      ColumnSpelling(.fixed(decimals: 0), width: 4),
    ]
    let text = Array(
      "# first\n1.5,a,0.25,  12\r\n2.50,b,1e5,12\n\n-0.0,\"c,d\",1e+25, -3\n  7.0 ,,NA\n\"8.0\",\u{0},\u{0},x\n# last\n"
        .utf8)
    let batches = split(text, layout, spellings, maxRows: 5)
    try #require(batches.count == 1)
    #expect(batches[0].rows == 5)
    let skeleton =
      "# first\n\0,a,\0,\0\r\n2.50,b,1e5,12\n\n-0.0,\"c,d\",\0, -3\n  \0 ,,NA\n\"\0\",\u{0},\u{0}\u{0},x\n# last\n"
    #expect(String(decoding: batches[0].skeleton, as: UTF8.self) == skeleton)
    let numbers = batches[0].numbers.map { number -> Double? in number.isNaN ? nil : number }
    #expect(numbers == [1.5, 0.25, 12, 2.5, 1e5, 12, 0, 1e25, -3, 7, nil, nil, 8, nil, nil])
    #expect(try join(batches, layout, spellings) == text)
  }

  @Test("lines without a row go with the row behind them, and the last ones with the last row")
  func idleLines() {
    let text = Array("1\n# a\n\n2\n3\n\n# b\n".utf8)
    let spellings = [ColumnSpelling(.fixed(decimals: 0))]
    let skeletons = split(text, TableText(), spellings, maxRows: 1).map {
      String(decoding: $0.skeleton, as: UTF8.self)
    }
    #expect(skeletons == ["\0\n", "# a\n\n\0\n", "\0\n\n# b\n"])
    let alone = split(Array("# a\n\n".utf8), TableText(), spellings)
    #expect(alone.map(\.rows) == [0])
  }

  @Test("a cell in quotes goes on over line ends, and one with a quote within does not")
  func quotes() {
    func lines(_ text: String, spans: Bool = true) -> [String] {
      let layout = TableText(quotesSpanLines: spans)
      return Array(text.utf8).withUnsafeBytes { bytes in
        var (lines, position): ([String], Int) = ([], 0)
        while position < bytes.count {
          let line = layout.line(in: bytes, from: position)
          lines.append(String(decoding: bytes[position..<line.end], as: UTF8.self))
          if line.openQuote != nil { lines.append("open") }
          position = line.next
        }
        return lines
      }
    }
    #expect(lines("a,\"b\r\nc\"\r\nd\n") == ["a,\"b\r\nc\"", "d"])
    #expect(lines("a,\"b\"\"\n,\"\n# \"x\n\"\n") == ["a,\"b\"\"\n,\"", "# \"x", "\"\n", "open"])
    #expect(lines("5' 3\",x\ny\n") == ["5' 3\",x", "y"])
    #expect(lines("a,\"b\nc\"\n", spans: false) == ["a,\"b", "c\""])
    #expect(
      lines(String(repeating: "x", count: 40) + ",\"\n\"") == [String(repeating: "x", count: 40) + ",\"\n\""])
  }

  @Test("what is not the end of a text waits for more of it")
  func pieces() throws {
    let text = Array("1.5,x\n2.5,y\n# c\n3.5,z".utf8)
    let splitter = TableTextSplitter(TableText(), spellings: [ColumnSpelling(.fixed(decimals: 1))])
    for count in 0...text.count {
      let (rows, bytes) = text[..<count].withUnsafeBytes { splitter.split($0, maxRows: 9, isEnd: false) }
      #expect(rows.rows == (count < 6 ? 0 : count < 12 ? 1 : 2))
      #expect(bytes == (count < 6 ? 0 : count < 12 ? 6 : 12))
      #expect(rows.skeleton == Array("\0,x\n\0,y\n".utf8.prefix(rows.rows * 4)))
    }
  }

  @Test("a text with more or fewer rows than numbers is refused")
  func rowsDiffer() throws {
    let spellings = [ColumnSpelling(.fixed(decimals: 0))]
    var batch = try #require(split(Array("1\n2\n3\n".utf8), TableText(), spellings).first)
    for (rows, numbers) in [(2, [1.0, 2]), (4, [1, 2, 3, 4]), (3, [1, 2]), (0, [])] {
      (batch.rows, batch.numbers) = (rows, numbers)
      #expect(throws: TableTextJoiner.RowsDiffer.self) { try join([batch], TableText(), spellings) }
    }
    (batch.rows, batch.numbers) = (3, [.nan, .infinity, 1e300])
    #expect(try !join([batch], TableText(), spellings).isEmpty)
  }

  @Test("a survey finds how the numbers of each column are spelled")
  func survey() {
    let text = Array(
      """
      1,1.50,1.5,1.0,0.1,   1.5,5.827000141143799,x
      22,2.00,2,2.25,1e-05,  22.5,27.78700065612793,2
      -3,-3.25,3.125,1e+22,NA,-123.5,0.4620000123977661,
      """.utf8)
    var survey = TableTextSurvey(TableText())
    let bytes = text.withUnsafeBytes { survey.add($0, isEnd: true) }
    #expect(bytes == text.count)
    let spellings = survey.columns.map(\.spelling)
    #expect(
      spellings == [
        ColumnSpelling(.fixed(decimals: 0)), ColumnSpelling(.fixed(decimals: 2)),
        ColumnSpelling(.shortest(hasPointZero: false), most: 3),
        ColumnSpelling(.shortest(hasPointZero: true)),
        ColumnSpelling(.shortest(hasPointZero: false)), ColumnSpelling(.fixed(decimals: 1), width: 6),
        ColumnSpelling(.shortest(hasPointZero: false)), ColumnSpelling(.fixed(decimals: 0)),
      ])
    #expect(survey.columns.map(\.cells) == [3, 3, 3, 3, 3, 3, 3, 2])
    #expect(survey.columns.map(\.spelled) == [3, 3, 3, 3, 2, 3, 3, 1])
  }

  @Test(
    "numbers that are no longer those of the text are rounded to the digits of their column, unless they are promised",
    arguments: [
      (1.2345, "1.23", "1.2345"), (1.299999, "1.3", "1.299999"), (38.99999, "39", "38.99999"),
      (0.001, "0", "0.001"),
      (-0.004, "0", "-0.004"), (1e300, "1e+300", "1e+300"), (.nan, "nan", "nan"),
    ])
  func rounded(value: Double, text: String, precise: String) {
    let spelling = ColumnSpelling(.shortest(hasPointZero: false), most: 2)
    for (isPrecise, expected) in [(false, text), (true, precise)] {
      var found: [UInt8] = []
      spelling.append(value, to: &found, TableText(), isPrecise: isPrecise)
      #expect(String(decoding: found, as: UTF8.self) == expected)
    }
  }

  @Test("a spelling comes back from its two bytes, and other bytes are refused")
  func spellingBytes() {
    for spelling in Self.spellings {
      var writer = ByteWriter()
      spelling.encode(into: &writer)
      #expect(writer.bytes.count == 2)
      #expect(ColumnSpelling(writer.bytes[0], width: writer.bytes[1]) == spelling)
    }
    for form: UInt8 in [16, 0x7F, 0xA2, 0xFF] { #expect(ColumnSpelling(form, width: 0) == nil) }
  }
}
