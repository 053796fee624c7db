import ByteIO
import Records
import Testing

@Suite("IDX, vecs and raw")
struct BinaryTests {
  @Test(
    "IDX values of each type are read",
    arguments: [
      (0x08, [200, 1], [200, 1]), (0x09, [200, 1], [-56, 1]), (0x0B, [255, 254, 1, 0], [-2, 256]),
      (0x0C, [0, 1, 0, 0, 255, 255, 255, 255], [65536, -1]),
      (0x0D, [0x3F, 0x80, 0, 0, 0xC0, 0x20, 0, 0], [1, -2.5]),
      (0x0E, [0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0x40, 4, 0, 0, 0, 0, 0, 0], [1, 2.5]),
    ] as [(UInt8, [UInt8], [Double])])
  func idx(code: UInt8, body: [UInt8], expected: [Double]) throws {
    let bytes = [0, 0, code, 1, 0, 0, 0, 2] + body
    #expect(try values(bytes) == expected)
    let reader = try open(bytes)
    #expect(reader.description.sampleShape == [])
    #expect(try written(reader.description, [readAll(reader)]) == bytes)
  }

  @Test("IDX of the wrong length, without axes, or with too much in a sample, is an error")
  func badIdx() {
    #expect(throws: SampleIOError.truncated(name: "data", expectedRows: 3, gotRows: 1)) {
      try values([0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3])
    }
    #expect(throws: SampleIOError.trailingBytes(name: "data", rows: 1)) {
      try values([0, 0, 8, 1, 0, 0, 0, 1, 1, 2])
    }
    #expect(throws: SampleIOError.scalar(name: "data")) {
      try values([0, 0, 8, 0], options: ReadOptions(format: .idx))
    }
    #expect(
      throws: SampleIOError.badHeader(name: "a-idx2-ubyte", format: "idx", reason: "the file ends inside it")
    ) {
      try values([0, 0, 8, 2, 0, 0], name: "a-idx2-ubyte")
    }
    let large: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255]
    #expect(throws: SampleIOError.unrecognized(name: "data")) { try values(large) }
    #expect(throws: SampleIOError.self) { try values(large, options: ReadOptions(format: .idx)) }
  }

  @Test("IDX counts are corrected in files and wait in pipes")
  func idxCount() throws {
    let description = try SampleDescription(elementType: .u1, sampleShape: [2], format: .idx)
    let batch = SampleBatch(elementType: .u1, valuesPerSample: 2, bytes: [1, 2, 3, 4])
    let expected: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4]
    #expect(try written(description, [batch]) == expected)
    #expect(try written(description, [batch], canPatch: false) == expected)
  }

  @Test("rows of vecs must be of one length, and whole")
  func vecs() throws {
    let bytes: [UInt8] = [2, 0, 0, 0, 5, 6, 2, 0, 0, 0, 7, 8]
    #expect(try values(bytes, name: "a.bvecs") == [5, 6, 7, 8])
    #expect(throws: SampleIOError.truncatedRow(name: "a.bvecs", row: 2)) {
      try values(Array(bytes.dropLast()), name: "a.bvecs")
    }
    var other = bytes
    other[6] = 3
    #expect(throws: SampleIOError.rowLength(name: "a.bvecs", row: 2, found: 3, expected: 2)) {
      try values(other, name: "a.bvecs")
    }
    for start in [[0, 0, 0, 0], [255, 255, 255, 255]] as [[UInt8]] {
      #expect(throws: SampleIOError.self) { try values(start + [1, 2], name: "a.fvecs") }
    }
    #expect(throws: SampleIOError.truncatedRow(name: "a.fvecs", row: 1)) {
      try values([1, 0], name: "a.fvecs")
    }
  }

  @Test("raw values need a type and a shape, and whole rows")
  func raw() throws {
    let bytes: [UInt8] = [1, 0, 2, 0, 3, 0, 4, 0]
    #expect(try values(bytes, options: ReadOptions(elementType: .u2, shape: [2])) == [1, 2, 3, 4])
    #expect(throws: SampleIOError.missingOption(name: "data", option: .shape)) {
      try values(bytes, options: ReadOptions(elementType: .u2))
    }
    #expect(throws: SampleIOError.missingOption(name: "a.bin", option: .elementType)) {
      try values(bytes, name: "a.bin")
    }
    #expect(
      throws: SampleIOError.partialSample(name: "data", rows: 1, values: 1, bytes: 0, valuesPerSample: 3)
    ) { try values(bytes, options: ReadOptions(elementType: .u2, shape: [3])) }
    #expect(throws: SampleIOError.self) {
      try values(bytes, options: ReadOptions(elementType: .u2, shape: [-1]))
    }
    #expect(throws: SampleIOError.self) {
      try values(bytes, options: ReadOptions(elementType: .u2, shape: [1 << 40, 1 << 40]))
    }
  }

  @Test("values after the last full sample are left out or filled up where that is asked for, with a note")
  func partial() throws {
    let bytes: [UInt8] = [1, 0, 2, 0, 3, 0, 4, 0]
    func read(_ bytes: [UInt8], _ partial: PartialSample) throws -> (values: [Double], notes: [String]) {
      let notes = ReadingNotes()
      let options = ReadOptions(elementType: .u2, shape: [3], partial: partial, notes: notes)
      return (try values(bytes, options: options), notes.take())
    }
    #expect(try read(bytes, .drop) == ([1, 2, 3], ["data: 1 value after 1 sample discarded"]))
    #expect(try read(bytes, .pad) == ([1, 2, 3, 4, 0, 0], ["data: 2 zeros added to fill sample 2"]))
    #expect(try read(Array(bytes.prefix(6)), .pad) == ([1, 2, 3], []))
    #expect(
      throws: SampleIOError.partialSample(name: "data", rows: 1, values: 1, bytes: 1, valuesPerSample: 3)
    ) { _ = try read(bytes + [9], .pad) }
  }

  @Test("what is recognizably something else is not taken for raw values, unless the format is said")
  func notRaw() throws {
    let npy = npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }", [1, 0, 2, 0])
    let inputs: [([UInt8], String)] = [
      (npy, "a NumPy array"), ([0, 0, 8, 1, 0, 0, 0, 2, 5, 6], "an IDX file"),
      (Array("1,2\n3,4\n".utf8), "a table in text"),
      (Array("a b\n1 2\n3 4\n".utf8), "a table in text"),
    ]
    for (bytes, kind) in inputs {
      #expect(throws: SampleIOError.notRaw(name: "data", kind: kind)) {
        try values(bytes, options: ReadOptions(elementType: .u1, shape: [1]))
      }
      #expect(
        try values(bytes, options: ReadOptions(format: .raw, elementType: .u1, shape: [1])).count
          == bytes.count)
    }
    let words = Array("no table\nof numbers\n".utf8)
    #expect(try values(words, options: ReadOptions(elementType: .u1, shape: [1])).count == words.count)
  }

  @Test("options that say nothing about a format are refused")
  func needless() {
    let npy = npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }", [1, 0, 2, 0])
    let cases: [(ReadOptions, ReadOptions.Field)] = [
      (ReadOptions(format: .npy, elementType: .i2), .elementType),
      (ReadOptions(format: .npy, shape: [2]), .shape),
      (ReadOptions(header: true), .header), (ReadOptions(partial: .drop), .partial),
    ]
    for (options, option) in cases {
      #expect(throws: SampleIOError.optionNotApplicable(name: "data", option: option, format: "npy")) {
        try values(npy, options: options)
      }
    }
  }

  @Test(
    "a type that cannot hold a value names its place; asked to, it writes the nearest",
    arguments: [
      (ElementType.f8, FormatName.bvecs, [1.0, 2, 3, 300], 4), (.f8, .bvecs, [1, 2.5, 3, 4], 2),
      (.f8, .ivecs, [1, 2, .nan, 4], 3),
      (.f8, .ivecs, [1, 2, 3, 2_147_483_648], 4), (.f8, .fvecs, [1, 2, -1e39, 4], 3),
      (.i4, .fvecs, [1, 16_777_217, 3, 4], 2),
      (.f4, .ivecs, [.infinity, 1, 2, 3], 1), (.i2, .bvecs, [0, 255, -1, 4], 3),
    ])
  func narrowing(type: ElementType, format: FormatName, numbers: [Double], place: Int) throws {
    let description = try SampleDescription(
      elementType: type, sampleShape: [2], format: .npy(version: 1, bigEndian: false))
    let target = try description.reformatted(as: format)
    let batch = SampleBatch(doubles: numbers, elementType: type, valuesPerSample: 2)
    let value = batch.doubles()[place - 1]
    let error = #expect(throws: SampleIOError.self) { try written(target, [batch]) }
    let text = "\(error.map { "\($0)" } ?? "")"
    let number =
      value.magnitude < 1e15 && value == value.rounded() ? "\(Int(exactly: value) ?? 0)" : "\(value)"
    #expect(
      text.hasPrefix(
        "row \((place + 1) / 2), column \(2 - place % 2) is \(number), which \(target.elementType.name) cannot"
      ),
      "\(text)")
    let writer = try SampleOutput.make(target, to: MemorySink(), clips: true)
    try writer.write(batch)
    try writer.finish()
  }

  @Test("fractions that lose digits, infinities and NaN go into floating-point numbers")
  func widening() throws {
    let description = try SampleDescription(
      elementType: .f8, sampleShape: [2], format: .npy(version: 1, bigEndian: false))
    let batch = SampleBatch(doubles: [0.1, .infinity, .nan, 1e-300], elementType: .f8, valuesPerSample: 2)
    #expect(try written(try description.reformatted(as: .fvecs), [batch]).count == 24)
  }

  @Test("empty input and unknown content are told apart")
  func nothing() {
    for name in ["a.npy", "a.csv", "-"] {
      #expect(throws: SampleIOError.empty(name: name)) { try values([], name: name) }
    }
    #expect(throws: SampleIOError.unrecognized(name: "-")) { try values([1, 2, 3, 200], name: "-") }
    #expect(
      throws: SampleIOError.badHeader(
        name: "a.npy", format: "npy", reason: "it does not start with \\x93NUMPY")
    ) {
      try values([1, 2, 3, 200, 0, 0, 0, 0, 0], name: "a.npy")
    }
  }

  @Test("formats that lack an element type say so, and reformatting finds the nearest")
  func reformatting() throws {
    let description = try SampleDescription(
      elementType: .u2, sampleShape: [2, 3], format: .npy(version: 1, bigEndian: true), rows: 1)
    let batch = SampleBatch(floats: [0, 1, 2, 3, 4, 65535], elementType: .u2, valuesPerSample: 6)
    var wrong = description
    wrong.format = .idx
    #expect(throws: SampleIOError.self) { try written(wrong, [batch]) }
    wrong.format = .vecs
    #expect(throws: SampleIOError.self) { try written(wrong, [batch]) }
    for name in FormatName.allCases {
      let target = try description.reformatted(as: name)
      let sink = MemorySink(canPatch: true)
      let writer = try SampleOutput.make(target, to: sink, clips: true)
      try writer.write(batch)
      try writer.finish()
      let bytes = sink.bytes
      let options =
        name == .raw ? ReadOptions(format: name, elementType: .u2, shape: [6]) : ReadOptions(format: name)
      let expected: [Double] = name == .bvecs ? [0, 1, 2, 3, 4, 255] : [0, 1, 2, 3, 4, 65535]
      #expect(try values(bytes, options: options) == expected, "\(name)")
    }
    #expect(try description.reformatted(as: .npy) == description)
    #expect(try description.reformatted(as: .idx).elementType == .i4)
  }

  @Test("messages name the file and the place")
  func texts() {
    let error = SampleIOError.columnCount(name: "new.csv", line: 17, found: 5, expected: 6)
    #expect(error.description.hasPrefix("new.csv: line 17 has 5 values; the first row has 6"))
    #expect(SampleIOError.empty(name: "-").description.hasPrefix("standard input: "))
    let missing = ByteIOError.system(operation: "open", path: "a.npy", errno: 2)
    #expect(SampleIOError.bytes(missing, name: "a.npy").description == missing.description)
    #expect(
      SampleIOError.bytes(.truncated(format: "gzip"), name: "a.gz").description.hasPrefix(
        "a.gz: truncated gzip"))
  }
}
