import ByteIO
import Testing

@testable import Records

@Suite("Columns: which are read, which are values")
struct ColumnRoleTests {
  private func open(
    _ text: String, keepsText: Bool = false, _ set: (inout ColumnRoles) -> Void = { _ in }
  ) throws(SampleIOError) -> any SampleReader {
    var options = ReadOptions(format: .csv)
    options.keepsText = keepsText
    set(&options.columns)
    return try SampleInput.open(MemorySource(Array(text.utf8)), name: "t.csv", options: options)
  }

  private static let table: String =
    "id,day,temp,flag\n"
    + (0..<40).map { "\(100 + $0),\(1 + $0 % 7),\(Double($0 * 37 % 101) / 10),\($0 % 2)" }
    .joined(separator: "\n") + "\n"

  @Test(
    "a list has names, patterns, numbers and ranges",
    arguments: [
      ("temp", [false, false, true, false]), ("t*,id", [true, false, true, false]),
      ("2-3", [false, true, true, false]), ("3-", [false, false, true, true]),
      ("4", [false, false, false, true]),
      ("?ay", [false, true, false, false]), ("*", [true, true, true, true]),
    ])
  func list(text: String, expected: [Bool]) throws {
    let list = try #require(ColumnList(text))
    #expect(try list.choice(names: ["id", "day", "temp", "flag"], count: 4) == expected)
  }

  @Test(
    "a list without a part, and parts that are no column, are refused",
    arguments: ["x", "5", "0", "3-2", "z*"])
  func unknown(text: String) throws {
    #expect(ColumnList("a,,b") == nil && ColumnList("") == nil)
    let list = try #require(ColumnList(text))
    let error = #expect(throws: ColumnList.Unknown.self) {
      try list.choice(names: ["id", "day", "temp", "flag"], count: 4)
    }
    #expect(error?.item == text)
  }

  @Test("a name that looks like a number or a range is a name first")
  func names() throws {
    let list = try #require(ColumnList("2-3,1"))
    #expect(try list.choice(names: ["1", "x", "2-3"], count: 3) == [true, false, true])
  }

  @Test("columns of integers that count are told from flags, labels and measurements")
  func counting() {
    func counts(_ values: [Int64?]) -> Bool {
      var column = CountingColumn()
      for value in values { column.add(value) }
      return column.counts
    }
    #expect(counts((0..<20).map { 5 + $0 }))
    #expect(counts((0..<40).map { Int64($0 / 15) }))
    #expect(counts((0..<40).map { 1 + Int64($0) % 7 }))
    #expect(counts((0..<40).map { 1 + (Int64($0) + 3) % 7 }))
    #expect(counts((0..<20).map { 1_700_000_000 + 3600 * $0 }))
    #expect(!counts((0..<15).map { $0 }))
    #expect(!counts([Int64](repeating: 7, count: 40)))
    #expect(!counts((0..<40).map { Int64($0) % 2 }))
    #expect(!counts((0..<40).map { Int64($0 * $0 % 11) }))
    #expect(!counts((0..<40).map { $0 == 30 ? nil : $0 }))
    #expect(!counts([.min] + (0..<40).map { _ in Int64.max }))
  }

  @Test("counting and named columns are kept as they are, and the rest are values")
  func exact() throws {
    #expect(try open(Self.table).description.columnNames == ["id", "day", "temp", "flag"])
    let reader = try open(Self.table) { $0.keepsCounters = true }
    #expect(reader.description.columnNames == ["temp", "flag"])
    #expect(reader.table?.isModelled == [false, false, true, true])
    let named = try open(Self.table) { $0.exact = ColumnList("temp") }
    #expect(named.description.columnNames == ["id", "day", "flag"])
    #expect(throws: SampleIOError.noSuchColumn(name: "t.csv", column: "tmp", columns: 4)) {
      try open(Self.table) { $0.exact = ColumnList("tmp") }
    }
    #expect(throws: SampleIOError.noValues(name: "t.csv")) {
      try open(Self.table) { $0.exact = ColumnList("*") }
    }
    // A table of nothing but counters has values all the same.
    let counters = (0..<40).map { "\($0),\(2 * $0)" }.joined(separator: "\n")
    #expect(try open(counters) { $0.keepsCounters = true }.description.valuesPerSample == 2)
  }

  @Test("a model's columns are found by name, or by place where there are no names")
  func fitted() throws {
    let fitted = FittedColumns(names: ["id", "temp", "flag"], isModelled: [false, true, true])
    let reader = try open(Self.table) { $0.fitted = fitted }
    #expect(reader.description.columnNames == ["temp", "flag"])
    #expect(throws: SampleIOError.otherColumns(name: "t.csv", column: "wind", isReordered: false)) {
      try open(Self.table) { $0.fitted = FittedColumns(names: ["wind"], isModelled: [true]) }
    }
    #expect(throws: SampleIOError.otherColumns(name: "t.csv", column: "id", isReordered: true)) {
      try open(Self.table) { $0.fitted = FittedColumns(names: ["temp", "id"], isModelled: [true, true]) }
    }
    let plain = "1,2,3\n4,5,6\n"
    let places = try open(plain) { $0.fitted = FittedColumns(names: nil, isModelled: [true, false, true]) }
    #expect(places.table?.isModelled == [true, false, true])
    #expect(FittedColumns(fitted.encode()) == fitted)
    #expect(FittedColumns(FittedColumns(names: nil, isModelled: []).encode())?.isModelled == [])
    for count in 0..<fitted.encode().count {
      #expect(FittedColumns(Array(fitted.encode().prefix(count))) == nil)
    }
  }

  @Test(
    "chosen columns alone are read, with their text",
    arguments: [
      ("a;b;c\n1;x;2,5\n2;y;3,5\n", "a,c", "a;c\n1;2,5\n2;3,5\n"),
      ("a,b,\n1,2,\n3,4,\n", "b", "b,\n2,\n4,\n"),
      ("# note\na\tb\n1\t\"x\ty\"\n\n# end\n2\tz\n", "b", "# note\nb\n\"x\ty\"\n\n# end\nz\n"),
      ("x y z\n 1.5  2 3\n11.5 22 4\n", "z,y", "y z\n2 3\n22 4\n"),
      ("\u{FEFF}d,v\r\n2020-01-01,1.10\r\n2020-01-02,2.20", "d", "\u{FEFF}d\r\n2020-01-01\r\n2020-01-02"),
      ("1,2,3\n4,5,6\n", "1,3", "1,3\n4,6\n"),
    ])
  func selection(text: String, list: String, expected: String) throws {
    let reader = try open(text, keepsText: true) { $0.read = ColumnList(list) }
    var batches: [SampleBatch] = []
    while let batch = try reader.read(maxRows: 1) { batches.append(batch) }
    let sink = MemorySink()
    let writer = try SampleOutput.make(reader.description, to: sink)
    for batch in batches { try writer.write(batch) }
    try writer.finish()
    #expect(String(decoding: sink.bytes, as: UTF8.self) == expected)
    // Numbers and text belong together.
    let kept = try #require(reader.description.format.kept)
    for batch in batches {
      let own = try #require(batch.text)
      #expect(kept.split(own).numbers.map(\.bitPattern) == batch.doubles().map(\.bitPattern))
    }
  }

  @Test("columns of numbers are chosen where no text is kept, and of arrays by number")
  func values() throws {
    let reader = try open("a,b,c\n1,x,2\n3,y,4\n") { $0.read = ColumnList("c") }
    #expect(reader.description.columnNames == ["c"])
    #expect(try readAll(reader).doubles() == [2, 4])
    #expect(throws: SampleIOError.noValues(name: "t.csv")) {
      try open("a,b,c\n1,x,2\n3,y,4\n") { $0.read = ColumnList("b") }
    }
    var options = ReadOptions()
    options.columns.read = ColumnList("1,3")
    let body: [UInt8] = [1, 2, 3, 4, 5, 6]
    let array = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", body)
    let chosen = try SampleInput.open(MemorySource(array), name: "x.npy", options: options)
    #expect(try readAll(chosen).bytes == [1, 3, 4, 6])
    let image = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 3), }", body)
    #expect(throws: SampleIOError.noColumns(name: "x.npy", shape: [2, 3])) {
      try SampleInput.open(MemorySource(image), name: "x.npy", options: options)
    }
  }

  @Test("values that stand for missing ones stay in the text, and are no numbers")
  func missing() throws {
    let text = "a,b\n1,-9999\n2,5\nn.d.,-9999.0\n4,7\n"
    let reader = try open(text, keepsText: true) { $0.missing = MissingValues(["-9999", "n.d."]) }
    let batch = try #require(try reader.read(maxRows: 10))
    #expect(batch.doubles().map { $0.isNaN ? -1 : $0 } == [1, -1, 2, 5, -1, -1, 4, 7])
    let kept = try #require(reader.description.format.kept)
    let own = try #require(batch.text)
    let (skeleton, numbers) = kept.split(own)
    #expect(String(decoding: skeleton.text, as: UTF8.self).contains("-9999"))
    #expect(kept.join(skeleton, numbers: numbers, isPrecise: true) == own)
  }
}
