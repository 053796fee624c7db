import Foundation
import Testing

/// The manual pages beside what the program says of itself.
@Suite("manual")
struct ManualTests {
  @Test("every command has a manual page, and every page is that of a command")
  func pages() throws {
    let commands = try Help.commands()
    #expect(commands.count >= 9)
    #expect(try Manual.names() == Set(commands.map { "vaec-\($0)" } + ["vaec"]))
  }

  @Test("a command's page has the options that its help has, and no others")
  func options() throws {
    for command in try Help.commands() {
      let help = try Help(command).options
      let page = try Manual("vaec-\(command)")
      #expect(help.count >= 8)
      for option in help.subtracting(page.options).sorted() {
        Issue.record("vaec-\(command).1 lacks \(option), which vaec \(command) --help has")
      }
      for option in page.options.subtracting(help).sorted() {
        Issue.record("vaec-\(command).1 has \(option), which vaec \(command) --help lacks")
      }
    }
  }

  @Test("a command's synopsis uses its own options alone, and all of them but --version and --help")
  func synopses() throws {
    for command in try Help.commands() {
      let page = try Manual("vaec-\(command)")
      let spellings = Set(page.items.joined())
      #expect(page.synopsis.isSubset(of: spellings), "\(command): \(page.synopsis.subtracting(spellings))")
      for item in page.items where item.isDisjoint(with: ["--version", "--help"]) {
        #expect(!item.isDisjoint(with: page.synopsis), "\(command): \(item.sorted()) is in no synopsis")
      }
    }
  }

  @Test("vaec.1 has the options of all commands, and none that no command has")
  func overview() throws {
    let helps = try Help.commands().map { try Help($0).options }
    let shared = helps.dropFirst().reduce(helps.first ?? []) { $0.intersection($1) }
    let page = try Manual("vaec")
    #expect(page.options.isSuperset(of: shared.union(try Help(nil).options)))
    #expect(page.options.isSubset(of: helps.reduce(try Help(nil).options) { $0.union($1) }))
  }

  @Test("pages name one another: vaec.1 those of all commands, and each of them vaec.1")
  func references() throws {
    let overview = try Manual("vaec").text
    for command in try Help.commands() {
      #expect(overview.contains("vaec-\(command)(1)"))
      let page = try Manual("vaec-\(command)").text
      #expect(page.contains("vaec(1)"))
      for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
        #expect(page.contains("\n.Sh \(section)\n"), "vaec-\(command).1 lacks \(section)")
      }
    }
  }
}

/// What the program's help says.
private struct Help {
  /// The spellings of all options, as "-o" and "--output".
  let options: Set<String>

  /// - Parameter command: nil for the program's own help.
  init(_ command: String?) throws {
    let text = try Program.run((command.map { [$0] } ?? []) + ["--help"]).text
    var options: Set<String> = []
    for line in text.split(separator: "\n") where line.hasPrefix("  -") {
      // What is before the description: "-o, --output <file>".
      let spelling = String(line.dropFirst(2)).components(separatedBy: "  ")[0]
      for word in spelling.split(whereSeparator: { ", ".contains($0) }) where word.hasPrefix("-") {
        options.insert(String(word))
      }
    }
    self.options = options
  }

  /// The names of all commands.
  static func commands() throws -> [String] {
    let parts = try Program.run(["--help"]).text.components(separatedBy: "SUBCOMMANDS:\n")
    return parts[parts.count - 1].components(separatedBy: "\n\n")[0].split(separator: "\n")
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
  }
}

/// A manual page in mdoc.
private struct Manual {
  let text: String
  /// The spellings of each option that the section on options explains.
  private(set) var items: [Set<String>] = []
  /// The options in the synopsis.
  private(set) var synopsis: Set<String> = []

  /// The spellings of all options that are explained.
  var options: Set<String> { Set(items.joined()) }

  init(_ name: String) throws {
    text = try String(contentsOf: Self.folder.appendingPathComponent("\(name).1"), encoding: .utf8)
    var section = ""
    for line in text.split(separator: "\n") {
      if line.hasPrefix(".Sh ") { section = String(line.dropFirst(4)) }
      if section == "SYNOPSIS" { synopsis.formUnion(Self.flags(in: line)) }
      if section == "OPTIONS", line.hasPrefix(".It Fl ") { items.append(Set(Self.flags(in: line))) }
    }
  }

  /// The flags of a line of macros: "-o" and "--output" of ".It Fl o Ar file , Fl \-output Ar file".
  private static func flags(in line: Substring) -> [String] {
    guard line.hasPrefix(".") else { return [] }
    let words = line.split(separator: " ")
    return zip(words, words.dropFirst()).filter { word, _ in word == "Fl" || word == ".Fl" }
      .map { "-" + $1.replacing("\\", with: "") }
  }

  private static let folder = Fixtures.url("../man").standardizedFileURL

  /// The names of all pages of section 1.
  static func names() throws -> Set<String> {
    Set(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".1") }
        .map { String($0.dropLast(2)) })
  }
}
