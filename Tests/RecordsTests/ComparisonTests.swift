import ByteIO
import Testing

@testable import Records

@Suite("samples beside the bytes that they were read from")
struct ComparisonTests {
  private func compare(_ bytes: [UInt8], name: String = "data") throws -> ContentComparison {
    try ContentComparison(of: { SlowSource(bytes, piece: 7) }, name: name, options: ReadOptions())
  }

  private func difference(_ text: String) throws -> String {
    guard case .text(let difference) = try compare(Array(text.utf8)) else { return "" }
    return difference.description
  }

  @Test(
    "text that comes back byte for byte is the same",
    arguments: [
      "1,2\n3,4\n", "a,b\n1.50,2\n3.25,4\n", "1;2\r\n3;4\r\n", "# a b\n1 2\n", "1.5\n-0.0\n",
      "nan,1\ninf,2\n", "1e+20,1\n",
      "0.1234567890123,1\n",
    ])
  func same(text: String) throws { #expect(try compare(Array(text.utf8)) == .same) }

  @Test(
    "the first difference of a text is told with its line and its field",
    arguments: [
      ("a,b\n1.10,2\n1.1,2\n", "line 3, \"1.1\" becomes \"1.10\""),
      ("1.10,2\n,3\n", "line 2, an empty field becomes \"nan\""),
      ("1,2\n\"3\",4\n", "line 2, \"\"3\"\" becomes \"3\""),
      ("1,2\n# x\n3,4\n", "line 2, a comment, is skipped"),
      ("1,2\n\n3,4\n", "line 2, a blank line, is skipped"),
      ("1,2\n3,4", "line 2, no line end becomes line end"),
      ("1,2\r\n3,4\n", "line 2, line end becomes CR LF"), ("1, 2\n", "line 1, \" 2\" becomes \"2\""),
      ("NA,2\n1,2\n", "line 1, \"NA\" becomes \"nan\""),
      ("\u{FEFF}1,2\n", "line 1, a byte order mark becomes \"nothing\""),
      ("1e3,2\n", "line 1, \"1e3\" becomes \"1000.0\""),
      ("0.99254341217606512071,1\n", "line 1, \"0.99254341217606512071\" becomes \"0.9925434121760651\""),
      ("1;2,5\n", "line 1, \"2,5\" becomes \"2.5\""),
      ("1,2.50\n3,4\n", "line 2, \"4\" becomes \"4.00\""), ("1.50\n2", "line 2, \"2\" becomes \"2.00\""),
    ])
  func differences(text: String, expected: String) throws { #expect(try difference(text) == expected) }

  @Test("a difference far into a text has its line", .timeLimit(.minutes(1)))
  func far() throws {
    let text =
      String(repeating: "1.25,2\n", count: 400_000) + "1.5,2\n" + String(repeating: "1.25,2\n", count: 10)
    #expect(try difference(text) == "line 400001, \"1.5\" becomes \"1.50\"")
  }

  @Test("arrays in Fortran order, and packed ones, come back as other bytes; others as the same")
  func arrays() throws {
    let body: [UInt8] = [1, 2, 3, 4]
    let description = try SampleDescription(
      elementType: .u1, sampleShape: [2], format: .npy(version: 1, bigEndian: false))
    let plain = try written(description, [SampleBatch(elementType: .u1, valuesPerSample: 2, bytes: body)])
    #expect(try compare(plain) == .same)
    #expect(try compare([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2] + body) == .same)
    #expect(try compare(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }", body)) == .bytes)
    let sink = MemorySink()
    let packed = try GzipSink(sink, level: 1)
    try packed.write(plain)
    try packed.finish()
    #expect(try compare(sink.bytes) == .bytes)
  }
}
