import ByteIO
import Testing

@testable import Records

@Suite("records")
struct RecordTests {
  /// Two records with a field of every kind, as bytes of a little-endian and of a big-endian array.
  private static let kinds: [(type: String, values: [[UInt8]])] = [
    ("|u1", [[7], [255]]), ("|i1", [[0x80], [1]]), ("u2", [[1, 2], [255, 255]]),
    ("i2", [[0, 0x80], [3, 0]]),
    ("u4", [[1, 2, 3, 4], [255, 255, 255, 255]]), ("i4", [[0, 0, 0, 0x80], [9, 0, 0, 0]]),
    ("u8", [[255, 255, 255, 255, 255, 255, 255, 255], [1, 0, 0, 0, 0, 0, 0, 0]]),
    ("i8", [[0, 0, 0, 0, 0, 0, 0, 0x80], [255, 255, 255, 255, 255, 255, 255, 255]]),
    ("f2", [[1, 0], [1, 0x7C]]), ("f4", [[1, 0, 0, 0], [1, 0, 0xA0, 0xFF]]),
    ("f8", [[0, 0, 0, 0, 0, 0, 0, 0x80], [1, 0, 0, 0, 0, 0, 0xF0, 0x7F]]),
    ("|b1", [[1], [0]]), ("M8[ns]", [[0, 0, 0, 0, 0, 0, 0, 0x80], [1, 2, 3, 4, 5, 6, 7, 8]]),
    ("m8[D]", [[3, 0, 0, 0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0, 0, 0]]),
    ("|S4", [[0x61, 0, 0x62, 0], [0, 0, 0, 0]]), ("|V3", [[1, 2, 3], [0, 0, 0]]),
  ]

  private func file(_ descr: String, rows: Int, _ body: [UInt8], shape: String? = nil) -> [UInt8] {
    npy("{'descr': \(descr), 'fortran_order': False, 'shape': (\(shape ?? "\(rows),")), }", body)
  }

  /// The file as numpy writes it.
  private func canonical(_ descr: String, rows: Int, _ body: [UInt8], axes: [Int] = []) -> [UInt8] {
    NpyHeader.bytes(version: 1, descr: Array(descr.utf8), sampleShape: axes, rows: rows) + body
  }

  @Test("every type comes back bit for bit, in either byte order", arguments: ["<", ">"])
  func everyType(order: String) throws {
    var (descr, records): ([String], [[UInt8]]) = ([], [[], []])
    for (place, kind) in Self.kinds.enumerated() {
      let isPlain = kind.type.first == "|"
      descr.append("('f\(place)', '\(isPlain ? "" : order)\(kind.type)')")
      for row in 0..<2 {
        let value = kind.values[row]
        records[row] += isPlain || order == "<" ? value : value.reversed()
      }
    }
    let file = canonical("[\(descr.joined(separator: ", "))]", rows: 2, records.flatMap { $0 })
    #expect(try rewritten(file) == file)
    let description = try open(file, options: .keepingText).description
    #expect(description.elementType == .f8 && description.valuesPerSample == 9)
    #expect(description.columnNames?.first == "f0" && description.columnNames?.last == "f10")
  }

  @Test("text of every kind comes back, and stays in its row")
  func text() throws {
    let words = [
      "", "a\tb", "\n", "#1", " x", "%", "\\x41", "\\e", "é\u{1F600}", "\"q\"", "\"", "\"\"\"", "a,b", "\r",
    ]
    var body: [UInt8] = []
    for word in words {
      var characters = word.unicodeScalars.map(\.value)
      characters += [UInt32](repeating: 0, count: 5 - characters.count)
      for character in characters { withUnsafeBytes(of: character.littleEndian) { body += $0 } }
    }
    // No characters of Unicode: half of a pair, and what is too large.
    for character in [0xD800, 0x110000, 0, 0xFFFF_FFFF, 7] as [UInt32] {
      withUnsafeBytes(of: character.littleEndian) { body += $0 }
    }
    let file = canonical("[('t', '<U5')]", rows: words.count + 1, body)
    #expect(try rewritten(file) == file)
    #expect(try rewritten(file, batch: 1) == file)
  }

  @Test("sub-arrays, complex numbers, padding and structures within structures are fields")
  func shapes() throws {
    let descr =
      "[('p', [('x', '<f4'), ('y', '<f4')]), ('m', '|u1', (2, 2)), ('', '|V2'), ('z', '<c8'), ('k', [('n', '<i2')], (2,))]"
    let body = (0..<2 * 26).map { UInt8($0) }
    let file = canonical(descr, rows: 2, body)
    #expect(try rewritten(file) == file)
    #expect(
      try open(file).description.columnNames == [
        "p.x", "p.y", "m[0,0]", "m[0,1]", "m[1,0]", "m[1,1]", "z.real", "z.imag", "k[0].n", "k[1].n",
      ])
    // An array of records with two axes has samples of several records.
    let axes = canonical("[('a', '|u1'), ('b', '|u1')]", rows: 2, [1, 2, 3, 4, 5, 6, 7, 8], axes: [2])
    #expect(try rewritten(axes) == axes)
    #expect(try open(axes).description.columnNames == ["[0].a", "[0].b", "[1].a", "[1].b"])
  }

  @Test("numbers of one field keep its type and shape; those of one type keep that")
  func types() throws {
    let image = try open(
      canonical("[('n', '<U2'), ('i', '|u1', (2, 3))]", rows: 1, [UInt8](repeating: 5, count: 14)))
    #expect(image.description.elementType == .u1 && image.description.sampleShape == [2, 3])
    #expect(image.description.format == .npy(version: 1, bigEndian: false))
    let floats = try open(
      canonical("[('a', '>f4'), ('b', '<f4')]", rows: 1, [0x3F, 0x80, 0, 0, 0, 0, 0x80, 0x3F]))
    #expect(floats.description.elementType == .f4)
    #expect(try readAll(floats).doubles() == [1, 1])
  }

  @Test("a table in text has all fields, quoted where need be")
  func table() throws {
    let descr = "[('id', '<i8'), ('', '|V1'), ('v', '<f4'), ('n', '|S3'), ('b', '|b1')]"
    let body: [UInt8] =
      [255, 255, 255, 255, 255, 255, 255, 255, 9, 0xCD, 0xCC, 0xCC, 0x3D, 0x61, 0x2C, 0x62, 1]
      + [1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0x80, 0x3F, 0, 0, 0, 0]
    let reader = try open(canonical(descr, rows: 2, body), options: .keepingText)
    let sink = MemorySink()
    let writer = try SampleOutput.make(try reader.description.reformatted(as: .csv), to: sink)
    while let batch = try reader.read(maxRows: 10) { try writer.write(batch) }
    try writer.finish()
    #expect(String(decoding: sink.bytes, as: UTF8.self) == "id,v,n,b\n-1,0.1,\"a,b\",1\n1,1.0,,0\n")
  }

  @Test(
    "what makes no record is an error",
    arguments: [
      "[('a', '<f4'", "[('a', '<f4')] x", "[('a')]", "[('a', '<f4', (2)]", "[('a', '<f4', (99999999999,))]",
      "[('a', '<f4', (65536, 65536))]", "[('a', '<U9999999999')]", "[('a', '|O')]",
      "[('a', '<f16'), ('b', '<x4')]",
      "[]", "[('a', '|V0')]", "[('a', [('b', '|S0')], (1000000000,))]", "[(('t', 'a', '<f4')]",
      "[('a', \(String(repeating: "[('a', ", count: 40))'<f4'\(String(repeating: ")]", count: 41))",
    ])
  func damaged(descr: String) {
    #expect(throws: SampleIOError.self) {
      try open(file(descr, rows: 1, [1, 2, 3, 4]), options: .keepingText)
    }
  }

  @Test("files that end early or go on are errors, and a text that fits no field is one")
  func ends() throws {
    let descr = "[('a', '<f4'), ('b', '|S1')]"
    #expect(throws: SampleIOError.truncated(name: "data", expectedRows: 2, gotRows: 1)) {
      try readAll(open(file(descr, rows: 2, [1, 2, 3, 4, 5, 6])))
    }
    #expect(throws: SampleIOError.trailingBytes(name: "data", rows: 1)) {
      try readAll(open(file(descr, rows: 1, [1, 2, 3, 4, 5, 6])))
    }
    let description = try open(file(descr, rows: 1, [1, 2, 3, 4, 5]), options: .keepingText).description
    for text in ["", "\n", "ab\n", "a\tb\n", "a", "\\y\n", "\\x4\n"] {
      var batch = SampleBatch(doubles: [1], elementType: .f4, valuesPerSample: 1)
      batch.text = RowText(bytes: Array(text.utf8), ends: [text.utf8.count])
      let writer = try SampleOutput.make(description, to: MemorySink(canPatch: true))
      if text == "\n" {
        try writer.write(batch)
      } else {
        #expect(throws: SampleIOError.self, "\(text)") { try writer.write(batch) }
      }
    }
    // Rows that are lost are zeros.
    let sink = MemorySink(canPatch: true)
    let writer = try SampleOutput.make(description, to: sink)
    try writer.write(SampleBatch(doubles: [0], elementType: .f4, valuesPerSample: 1))
    try writer.finish()
    #expect(sink.bytes.suffix(5) == [0, 0, 0, 0, 0])
  }

  @Test("numbers of other types come back from binary64 with every bit")
  func widening() {
    for bits in 0..<UInt64(1 << 16) {
      #expect(ElementType.f2.narrowed(ElementType.f2.widened(bits)) == bits)
    }
    for bits in [0x7F80_0001, 0xFFC0_1234, 0x8000_0000, 1, 0x7F7F_FFFF, 0xFF80_0000] as [UInt64] {
      #expect(ElementType.f4.narrowed(ElementType.f4.widened(bits)) == bits)
    }
    for bits in [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt64] {
      #expect(ElementType.i4.narrowed(ElementType.i4.widened(bits)) == bits)
    }
  }
}
