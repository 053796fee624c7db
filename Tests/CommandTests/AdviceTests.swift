import ByteIO
import Testing

@testable import Records
@testable import vaec

/// The ways out of what files of samples hold; `MessageTests` has an example of each error.
@Suite("advice")
struct AdviceTests {
  private func message(_ bytes: [UInt8], name: String = "data") throws -> String {
    let error = #expect(throws: SampleIOError.self) {
      let reader = try SampleInput.open(MemorySource(bytes), name: name)
      while try reader.read(maxRows: 10) != nil {}
    }
    return try #require(error).message
  }

  @Test(
    "what is no number is named with a way out",
    arguments: [
      ("t,v\n2024-01-31,x\n", "a date; omit the column: cut -d, -f2- data"),
      ("t\n2024-01-31\n", "a date; keep the file as it is"),
      ("gene,v\nENSG1,x\n", "not a number; omit the column"),
      ("v,w\n\"1,001\",x\n", "thousands separators; read it with --thousands ,"),
      ("v,w\n5%,x\n", "a percentage; tr -d %"),
      ("v,w\nTrue,x\n", "a boolean; sed"), ("v,w\n1_000,x\n", "underscores; read it with --thousands _"),
      ("a,b\n1,\"2\n", "never closed; close it"),
      ("{\"a\": 1}\n", "convert it: jq -r '.[] | @csv' data"),
    ])
  func text(text: String, part: String) throws {
    let message = try message(Array(text.utf8))
    #expect(message.hasPrefix("data: ") && message.contains(part) && !message.contains("\n"), "\(message)")
  }

  @Test("a name that a shell would take apart is not put into a command")
  func names() throws {
    for name in ["-", "a b.csv", "$(x).csv"] {
      #expect(try message(Array("{\"a\": 1}\n".utf8), name: name).contains("'.[] | @csv' FILE"))
    }
  }

  @Test(
    "types of numpy that are not supported are kept without the loss of a bit",
    arguments: [
      ("<f16", "keeps 53 of their bits"), ("|V3", "view('u1')"),
      ("<U5", "a separate file"), ("record", "numpy.save"), ("|O", "one numeric type"), ("x9", nil),
    ] as [(String, String?)])
  func numpy(type: String, part: String?) {
    let remedy = NumpyType(type).remedy
    #expect(part.map { remedy?.contains($0) == true } ?? (remedy == nil), "\(remedy ?? "none")")
  }
}
