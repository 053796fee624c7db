import Foundation
import Testing

/// The targets of the fuzzer without the fuzzer: its seeds, changes of them, and what it once found.
@Suite("hostile inputs")
struct ReplayTests {
  private static let findings = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Findings")

  /// How many changed seeds a target reads: a second or two.
  private static let runs = [
    "arrays": 4000, "records": 4000, "text": 4000, "container": 400, "stream": 600, "model": 60,
    "carried": 300,
    "symbols": 3000, "corrections": 1000, "checkpoint": 20,
  ]

  @Test("what once broke something is harmless", arguments: runs.keys.sorted())
  func findings(name: String) throws {
    let target = try #require(FuzzTargets.named(name))
    let folder = Self.findings.appendingPathComponent(name)
    for file in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      let input = [UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))
      #expect(throws: Never.self, "\(file)") { try target.run(input) }
    }
  }

  @Test("changed seeds are harmless", arguments: runs.keys.sorted())
  func changes(name: String) throws {
    let target = try #require(FuzzTargets.named(name))
    let seeds = try target.seeds()
    for (index, seed) in seeds.enumerated() {
      #expect(throws: Never.self, "seed \(index)") { try target.run(seed) }
    }
    var mutator = Mutator(seed: 1)
    for run in 0..<(Self.runs[name] ?? 0) {
      let input = mutator.changed(
        seeds[mutator.number(below: seeds.count)], with: seeds[mutator.number(below: seeds.count)])
      #expect(throws: Never.self, "run \(run)") { try target.run(input) }
    }
  }

  @Test("every target runs here, and findings are those of targets")
  func names() throws {
    #expect(Set(Self.runs.keys) == Set(FuzzTargets.all.map { $0.name }))
    for folder in try FileManager.default.contentsOfDirectory(atPath: Self.findings.path) {
      #expect(Self.runs.keys.contains(folder), "\(folder)")
    }
  }
}
