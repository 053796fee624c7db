import Foundation
import Testing

/// What `--json` prints, beside what the manual pages say of it.
@Suite("JSON")
struct JSONTests {
  /// A run of each command; `new.npy.vaec`, a stream, and the others that are named here are there.
  static let runs = [
    ["fit", "new.npy", "-o", "x.vae", "--epochs", "2", "--hidden", "8"],
    ["fit", "new.npy", "-o", "x.vae", "--epochs", "2", "--hidden", "8", "--objective", "elbo"],
    ["encode", "-m", "m.vae", "new.npy", "-o", "x.vaec"],
    ["encode", "-m", "m.vae", "--psnr", "20", "new.npy", "-o", "x.vaec"],
    ["encode", "-m", "m.vae", "--max-error", "0.5", "new.npy", "-o", "x.vaec"],
    ["decode", "-m", "m.vae", "new.npy.vaec", "-o", "x.npy"],
    ["decode", "-m", "m.vae", "new.npy.vaec", "-o", "x.npy", "--compare", "new.npy"],
    ["decode", "-m", "m.vae", "cut.vaec", "-o", "x.npy", "--keep-going"],
    ["eval", "-m", "m.vae", "new.npy", "--every", "50"],
    ["eval", "-m", "m.vae", "new.npy", "-q", "50", "--samples", "50"],
    ["check", "-m", "m.vae", "new.npy", "--top", "2"],
    ["info", "m.vae"], ["info", "new.npy.vaec"], ["info", "new.npy"], ["info", "named.csv"],
    ["test", "m.vae"], ["test", "new.npy.vaec"], ["test", "cut.vaec"],
    ["pack", "new.npy", "-o", "x.vaec", "--epochs", "2", "--hidden", "8"],
    ["embed", "-m", "m.vae", "new.npy", "-o", "x.npy"],
    ["sample", "-m", "m.vae", "-n", "3", "-o", "x.npy"],
    ["sample", "-m", "m.vae", "-n", "3", "--around", "new.npy", "-o", "x.npy"],
    ["interpolate", "-m", "m.vae", "-n", "3", "--row", "0,1", "new.npy", "new.npy", "-o", "x.npy"],
  ]

  private func scratch() throws -> Scratch {
    let scratch = try Models.scratch()
    #expect(try Program.run(["encode", "-m", "m.vae", "--chunk", "50", "new.npy"], in: scratch).code == 0)
    let stream = try scratch.read("new.npy.vaec")
    try scratch.write(Array(stream.prefix(stream.count / 2)), to: "cut.vaec")
    try scratch.write(Array("a,b\n1,2\n".utf8), to: "named.csv")
    return scratch
  }

  @Test("a result is one object, and its keys are those that the command's page names", arguments: runs)
  func keys(arguments: [String]) throws {
    let scratch = try scratch()
    let outcome = try Program.run(arguments + ["--json"], in: scratch)
    // A file that is cut has a result as well.
    #expect(outcome.code == (arguments.contains("cut.vaec") ? 1 : 0), "\(outcome.errors)")
    let keys = Self.keys(in: try outcome.json())
    #expect(!keys.isEmpty)
    let documented = try Self.documented(arguments[0])
    #expect(keys.subtracting(documented).isEmpty, "vaec-\(arguments[0]).1 does not name these")
    for key in keys { #expect(key.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "\(key)") }
  }

  @Test("every command that has --json is among these runs")
  func all() throws {
    let pages = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    let commands = pages.filter { $0.hasPrefix("vaec-") && $0.hasSuffix(".1") }.map {
      $0.dropFirst(5).dropLast(2)
    }
    #expect(Set(commands.map(String.init)) == Set(Self.runs.map { $0[0] }))
  }

  @Test("several files have a list of objects, and one at fault says what is wrong")
  func several() throws {
    let scratch = try scratch()
    let outcome = try Program.run(["test", "--json", "new.npy.vaec", "named.csv", "m.vae"], in: scratch)
    #expect(outcome.code == 1)
    let files = try #require(try outcome.json()["files"] as? [[String: Any]])
    let total = try #require(try outcome.json()["total"] as? [String: Any])
    #expect(total["files"] as? Int == 3 && total["failed"] as? Int == 1)
    #expect(files.map { $0["ok"] as? Bool } == [true, false, true])
    #expect(Set(files[1].keys) == ["file", "ok", "error"])
  }

  private static let folder = Fixtures.url("../man").standardizedFileURL

  /// All keys of an object and of those in it.
  private static func keys(in value: Any) -> Set<String> {
    if let object = value as? [String: Any] {
      return object.values.reduce(Set(object.keys)) { $0.union(keys(in: $1)) }
    }
    return (value as? [Any])?.reduce(into: []) { $0.formUnion(keys(in: $1)) } ?? []
  }

  /// The words of a page's section on JSON, and of those of the pages that it refers to.
  private static func documented(_ command: String, reached: Set<String> = []) throws -> Set<String> {
    let page = try String(contentsOf: folder.appendingPathComponent("vaec-\(command).1"), encoding: .utf8)
    let section =
      page.components(separatedBy: "\n.Sh JSON\n").dropFirst().first?
      .components(separatedBy: "\n.Sh ").first ?? ""
    let words = Set(
      section.split { !($0.isLetter || $0.isNumber || "_-()".contains($0)) }.map {
        $0.trimmingCharacters(in: ["(", ")"])
      })
    let reached = reached.union([command])
    let others = words.filter { $0.hasPrefix("vaec-") }.map { String($0.dropFirst(5).prefix { $0 != "(" }) }
    return try others.filter { !reached.contains($0) }.reduce(words) {
      $0.union(try documented($1, reached: reached))
    }
  }
}
