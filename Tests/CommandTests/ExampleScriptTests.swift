import Foundation
import Testing

/// The scripts in `examples`, and the completions for shells.
@Suite("scripts")
struct ExampleScriptTests {
  private static let examples = Fixtures.url("").deletingLastPathComponent().appendingPathComponent(
    "examples")

  static let names = (try? FileManager.default.contentsOfDirectory(atPath: examples.path))?.sorted() ?? []

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

  private func completions(_ shell: String, in scratch: Scratch) throws {
    let outcome = try Program.run(["--generate-completion-script", shell])
    #expect(outcome.code == 0)
    try scratch.write(outcome.output, to: "completions.\(shell)")
  }

  @Test(
    "bash completes commands, options, models and formats",
    arguments: [
      ("vaec en", "encode"), ("vaec encode --max", "--max-error"), ("vaec fit --obj", "--objective"),
      ("vaec encode -m ", "one.vae"), ("vaec decode --to c", "csv"), ("vaec info ", "one.vae"),
    ])
  func bash(line: String, completion: String) throws {
    let scratch = try Scratch()
    try completions("bash", in: scratch)
    try scratch.write([], to: "one.vae")
    try scratch.write([], to: "other.txt")
    let outcome = try Program.shell(
      """
      . ./completions.bash
      COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}
      read -ra COMP_WORDS <<< "$COMP_LINE"
      case "$COMP_LINE" in *' ') COMP_WORDS+=('');; esac
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _vaec vaec "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
      printf '%s\\n' "${COMPREPLY[@]}"
      """, in: scratch)
    let offered = outcome.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(offered.contains(completion), "\(offered) \(outcome.errors)")
    if line.hasSuffix("-m ") { #expect(!offered.contains("other.txt")) }
  }

  @Test(
    "the scripts for zsh and fish are in order, where these shells are installed", arguments: ["zsh", "fish"])
  func others(shell: String) throws {
    let scratch = try Scratch()
    try completions(shell, in: scratch)
    let outcome = try Program.shell(
      "if command -v \(shell) > /dev/null; then \(shell) -n completions.\(shell); else echo missing; fi",
      in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    if outcome.text.contains("missing") {
      print("\(shell) is not installed: its completions are not checked.")
    }
  }
}
