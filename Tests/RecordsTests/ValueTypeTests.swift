import ByteIO
import Testing

@testable import Records

@Suite("values that numbers stand for")
struct ValueTypeTests {
  private static let names = ["b1", "c8", "c16", "M8[ns]", "M8[25s]", "M8", "m8[D]", "m8[us]"]

  private func npy(_ descr: String, _ shape: String, _ body: [UInt8], fortran: Bool = false) -> [UInt8] {
    let text = "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }"
    let padded = text + String(repeating: " ", count: 117 - text.utf8.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8) + body
  }

  @Test("types have numpy's names, short and spelled out", arguments: names)
  func short(name: String) throws {
    let type = try #require(ValueType(named: name))
    #expect(type.name == name && type.kind != nil)
    for elementType in ElementType.allCases {
      #expect(ValueType(named: elementType.name) == ValueType(elementType))
    }
  }

  @Test("spelled out, and wrong")
  func spelledOut() {
    #expect(ValueType(named: "bool")?.name == "b1" && ValueType(named: "complex64")?.name == "c8")
    #expect(
      ValueType(named: "datetime64[ms]")?.name == "M8[ms]" && ValueType(named: "timedelta64")?.name == "m8")
    #expect(ValueType(named: "complex128")?.name == "c16" && ValueType(named: "int64")?.name == "i8")
    for name in [
      "", "c4", "b2", "M8[", "M8[]", "M8[1]", "M8[q]", "M8[s", "M8[-1s]", "M8[s']", "m8[12345678901s]",
      "M9[s]",
    ] {
      #expect(ValueType(named: name) == nil, "\(name)")
    }
  }

  @Test("a file of npy comes back byte for byte, in either byte order", arguments: names, ["<", ">"])
  func files(name: String, order: String) throws {
    let type = try #require(ValueType(named: name))
    let body = (0..<6 * type.size).map { UInt8(truncatingIfNeeded: 37 * $0) }
    let file = npy((name == "b1" ? "|" : order) + name, "(2, 3)", body)
    let reader = try SampleInput.open(MemorySource(file), name: "x")
    #expect(reader.description.type == type && reader.description.rows == 2)
    #expect(reader.description.sampleShape == (type.kind == .complex ? [3, 2] : [3]))
    #expect(try written(reader.description, [try readAll(reader)]) == file)

    var writer = ByteWriter()
    reader.description.encode(into: &writer)
    var description = reader.description
    description.rows = nil
    var bytes = ByteReader(writer.bytes)
    #expect(try SampleDescription(from: &bytes) == description && bytes.remaining == 0)
    for length in writer.bytes.indices {
      var cut = ByteReader(writer.bytes[..<length])
      #expect(throws: SampleIOError.self) { try SampleDescription(from: &cut) }
    }
  }

  @Test("complex numbers in Fortran order stay pairs", arguments: ["c8", "c16"])
  func fortran(name: String) throws {
    let size = name == "c8" ? 4 : 8
    // Value (r, c) is (10 r + c) + 100 i, and rows vary fastest.
    let numbers: [Double] = [0, 100, 10, 100, 1, 100, 11, 100, 2, 100, 12, 100]
    let type: ElementType = size == 4 ? .f4 : .f8
    let body = SampleBatch(doubles: numbers, elementType: type, valuesPerSample: 1).bytes
    let reader = try SampleInput.open(MemorySource(npy("<" + name, "(2, 3)", body, fortran: true)), name: "x")
    #expect(try readAll(reader).doubles() == [0, 100, 1, 100, 2, 100, 10, 100, 11, 100, 12, 100])
  }

  @Test("raw values have any type, and text has numbers")
  func otherFormats() throws {
    var options = ReadOptions(shape: [2])
    options.type = ValueType(named: "c8")
    let numbers: [Double] = [1, 2, 3, 4, 5, 6, 7, 8]
    let body = SampleBatch(doubles: numbers, elementType: .f4, valuesPerSample: 4).bytes
    let reader = try SampleInput.open(MemorySource(body), name: "x", options: options)
    #expect(reader.description.sampleShape == [2, 2] && reader.description.rows == nil)
    let batch = try readAll(reader)
    #expect(batch.rows == 2)
    let table = try reader.description.reformatted(as: .csv)
    #expect(table.type == ValueType(.f4))
    #expect(
      String(decoding: try written(table, [batch]), as: UTF8.self) == "1.0,2.0,3.0,4.0\n5.0,6.0,7.0,8.0\n")
    #expect(try reader.description.reformatted(as: .npy).type.name == "c8")

    let times = try SampleDescription(
      type: try #require(ValueType(named: "M8[ns]")), sampleShape: [],
      format: .npy(version: 1, bigEndian: false))
    let moments = SampleBatch(
      bits: [1_700_000_000_000_000_001, 1 << 63], elementType: .i8, valuesPerSample: 1)
    let lines = try written(try times.reformatted(as: .csv), [moments])
    #expect(String(decoding: lines, as: UTF8.self) == "1700000000000000001\n-9223372036854775808\n")
    #expect(throws: SampleIOError.self) {
      try SampleDescription(type: ValueType(named: "c8") ?? ValueType(.u1), sampleShape: [3], format: .raw)
    }
  }

  @Test("values that are not known are no time, no number, or 0")
  func unknown() throws {
    for (name, filling, bits) in [
      ("M8[s]", "NaT", 1 << 63), ("i8", "0", 0), ("b1", "0", 0), ("c8", "NaN", 0x7FC0_0000),
    ] as [(String, String, UInt64)] {
      let type = try #require(ValueType(named: name))
      let description = try SampleDescription(
        type: type, sampleShape: type.shapeOfNumbers([]), format: .raw)
      #expect(type.filling == filling)
      #expect(SampleBatch(unknown: 1, of: description).bits().allSatisfy { $0 == bits })
    }
  }
}
