import Foundation
import Testing

/// The scripts in `examples`.
@Suite("scripts")
struct ExampleScriptTests {
  private static let examples = Fixtures.url("").deletingLastPathComponent().appendingPathComponent(
    "examples")

  static let names =
    (try? FileManager.default.contentsOfDirectory(atPath: examples.path))?
    .filter { $0.hasSuffix(".sh") }.sorted() ?? []

  @Test("there are four examples, and the README names each")
  func all() throws {
    #expect(Self.names.count == 4)
    let readme = try String(
      contentsOf: Self.examples.deletingLastPathComponent().appendingPathComponent("README.md"),
      encoding: .utf8)
    for name in Self.names { #expect(readme.contains("examples/\(name)"), "\(name)") }
  }

  @Test("each example runs as it is, and verifies itself", arguments: names)
  func runs(name: String) throws {
    let scratch = try Scratch()
    let outcome = try Program.shell(
      "VAEC=\"$VAEC\" sh '\(Self.examples.appendingPathComponent(name).path)'", in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(!outcome.text.isEmpty)
  }

  @Test("an example fails where the program fails")
  func fails() throws {
    let scratch = try Scratch()
    for name in Self.names {
      let outcome = try Program.shell(
        "VAEC=false sh '\(Self.examples.appendingPathComponent(name).path)'", in: scratch)
      #expect(outcome.code != 0, "\(name)")
    }
  }
}
