import ByteIO
import Testing

@testable import Records

@Suite("npy")
struct NpyTests {
  @Test(
    "headers are read however Python may have spaced and ordered them",
    arguments: [
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }",
      "{\"shape\":(2,3),\"descr\":\"<u1\",\"fortran_order\":False}",
      " { 'fortran_order' : False , 'shape' : ( 2L , 3L , ) , 'descr' : '=u1' } ",
    ])
  func spellings(dictionary: String) throws {
    for version in 1...3 as ClosedRange<UInt8> {
      let reader = try open(npy(dictionary, [1, 2, 3, 4, 5, 6], version: version))
      #expect(reader.description.sampleShape == [3])
      #expect(reader.description.format == .npy(version: version, bigEndian: false))
      #expect(try readAll(reader).bytes == [1, 2, 3, 4, 5, 6])
    }
  }

  @Test(
    "damaged headers are errors",
    arguments: [
      "", "{", "{}", "{'descr': '|u1', 'fortran_order': False}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
      "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)} x",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (6)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, -3)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2,, 3)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (,)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3.5)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 3)}",
      "{'descr': '|u1', 'fortran_order': Maybe, 'shape': (2, 3)}",
      "{'descr': '|u1, 'fortran_order': False, 'shape': (2, 3)}",
      "{descr: '|u1', 'fortran_order': False, 'shape': (2, 3)}",
    ])
  func damaged(dictionary: String) {
    let error = #expect(throws: SampleIOError.self) { try open(npy(dictionary, [1, 2, 3, 4, 5, 6])) }
    guard case .badHeader(name: "data", format: "npy", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "types that are not supported are named",
    arguments: [
      ("'|c8'", "|c8"), ("'<f16'", "<f16"), ("'<c32'", "<c32"), ("'<M8[q]'", "<M8[q]"), ("'<m8[s'", "<m8[s"),
      ("'<datetime64[s]'", "<datetime64[s]"), ("'|bool'", "|bool"), ("'|O'", "|O"), ("'<U5'", "<U5"),
      ("'|f4'", "|f4"),
      ("[('a', '|O')]", "|O"), ("('<f4', (2,))", "record"), ("'float32'", "float32"), ("''", ""),
    ])
  func unsupported(written: String, named: String) {
    #expect(throws: SampleIOError.unsupportedType(name: "data", type: named)) {
      try open(npy("{'descr': \(written), 'fortran_order': False, 'shape': (2, 3)}"))
    }
  }

  @Test("versions and lengths that make no sense are errors")
  func badPreamble() {
    #expect(throws: SampleIOError.self) { try open([0x93] + Array("NUMPY".utf8) + [4, 0, 0, 0]) }
    #expect(throws: SampleIOError.self) {
      try open([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255])
    }
  }

  @Test("an array without axes is an error, one with no rows is empty, one with no values an error")
  func degenerate() throws {
    #expect(throws: SampleIOError.scalar(name: "data")) {
      try open(npy("{'descr': '|u1', 'fortran_order': False, 'shape': ()}", [1]))
    }
    let none = try open(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 5)}"))
    #expect(none.description.valuesPerSample == 5)
    #expect(try none.read(maxRows: 10) == nil)
    #expect(throws: SampleIOError.self) {
      try open(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (5, 0)}"))
    }
  }

  @Test("one axis means one value a sample")
  func oneAxis() throws {
    let reader = try open(
      npy("{'descr': '>i2', 'fortran_order': True, 'shape': (3,)}", [0, 1, 255, 255, 1, 0]))
    #expect(reader.description.sampleShape == [])
    #expect(reader.description.valuesPerSample == 1)
    #expect(try readAll(reader, batch: 2).doubles() == [1, -1, 256])
  }

  @Test("a count of rows that is not there allocates nothing and is an error", arguments: [false, true])
  func claims(fortran: Bool) throws {
    let word = fortran ? "True" : "False"
    let reader = npy("{'descr': '<f8', 'fortran_order': \(word), 'shape': (1000000000000000, 5)}", [1, 2, 3])
    let expected =
      fortran
      ? SampleIOError.tooLarge(name: "data", limit: 1 << 29)
      : .truncated(name: "data", expectedRows: 1_000_000_000_000_000, gotRows: 0)
    #expect(throws: expected) { try readAll(open(reader), batch: Int.max) }
    #expect(throws: SampleIOError.self) {
      try open(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1000000000, 1000000000)}"))
    }
  }

  @Test("missing and surplus bytes are errors that count rows")
  func wrongLength() {
    let dictionary = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2)}"
    #expect(throws: SampleIOError.truncated(name: "data", expectedRows: 3, gotRows: 2)) {
      try values(npy(dictionary, [1, 2, 3, 4, 5]))
    }
    #expect(throws: SampleIOError.trailingBytes(name: "data", rows: 3)) {
      try values(npy(dictionary, [1, 2, 3, 4, 5, 6, 7]))
    }
  }

  @Test("Fortran order is undone for any number of axes")
  func fortran() throws {
    // Index (r, i, j) of the shape (70, 2, 3) holds 10 r + 3 i + j.
    var body: [UInt8] = []
    for j in 0..<3 { for i in 0..<2 { for r in 0..<70 { body += [UInt8((10 * r + 3 * i + j) & 255), 0] } } }
    let bytes = npy("{'descr': '<u2', 'fortran_order': True, 'shape': (70, 2, 3)}", body)
    var expected: [Double] = []
    for r in 0..<70 { for place in 0..<6 { expected.append(Double((10 * r + place) & 255)) } }
    for batch in [1, 13, 65, 70] { #expect(try readAll(open(bytes), batch: batch).doubles() == expected) }
    #expect(throws: SampleIOError.trailingBytes(name: "data", rows: 70)) { try values(bytes + [0]) }
    #expect(throws: SampleIOError.truncated(name: "data", expectedRows: 70, gotRows: 0)) {
      try values(Array(bytes.dropLast()))
    }
    #expect(throws: SampleIOError.tooLarge(name: "x", limit: 100)) {
      try Npy.reader(from: MemorySource(bytes), name: "x", fortranLimit: 100)
    }
  }

  @Test("headers are those of numpy, byte for byte, whatever the count of rows")
  func header() {
    func header(_ rows: Int) -> [UInt8] {
      NpyHeader.bytes(version: 1, bigEndian: false, type: ValueType(.f4), sampleShape: [4], rows: rows)
    }
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 4), }"
    #expect(header(6) == npy(text + String(repeating: " ", count: 128 - 10 - 1 - text.utf8.count)))
    for rows in [0, 12345, 1_000_000_000_000_000_000] { #expect(header(rows).count == 128) }
  }

  @Test("a count that was not known or was wrong is corrected", arguments: [nil, 0, 2, 5, 1000])
  func patched(announced: Int?) throws {
    var description = try SampleDescription(
      elementType: .u1, sampleShape: [2], format: .npy(version: 1, bigEndian: false), rows: announced)
    let batch = SampleBatch(elementType: .u1, valuesPerSample: 2, bytes: [1, 2, 3, 4])
    let bytes = try written(description, [batch, batch])
    description.rows = 4
    #expect(try bytes == written(description, [batch, batch], canPatch: false))
    #expect(try values(bytes) == [1, 2, 3, 4, 1, 2, 3, 4])
  }

  @Test("in a pipe an unknown count waits for the end, and a wrong one is an error")
  func piped() throws {
    var description = try SampleDescription(
      elementType: .i2, sampleShape: [], format: .npy(version: 2, bigEndian: true))
    let batch = SampleBatch(floats: [1, -2, 3], elementType: .i2, valuesPerSample: 1)
    #expect(try values(written(description, [batch, batch], canPatch: false)) == [1, -2, 3, 1, -2, 3])
    description.rows = 5
    #expect(throws: SampleIOError.rowCountMismatch(announced: 5, written: 6)) {
      try written(description, [batch, batch], canPatch: false)
    }
    #expect(throws: SampleIOError.rowCountMismatch(announced: 5, written: 3)) {
      try written(description, [batch], canPatch: false)
    }
  }
}
