import Foundation
import SystemPackage
import Testing

@testable import ByteIO

/// Who may read an output, and when it was made, follows from what it is made of.
@Suite("provenance")
final class ProvenanceTests {
  private let directory: String

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/vaec-provenance-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func path(_ name: String) -> String { "\(directory)/\(name)" }

  private func status(_ name: String) throws -> FileStatus { try #require(FileStatus(ofPath: path(name))) }

  private func make(_ name: String, mode: Int, at time: Double = 1_000_000_000.25) throws {
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path(name)))
    try FileManager.default.setAttributes(
      [.posixPermissions: mode, .modificationDate: Date(timeIntervalSince1970: time)],
      ofItemAtPath: path(name))
  }

  private func write(_ name: String, _ provenance: Provenance, nameless: Bool) throws -> FileStatus {
    let file = try OutputFile(
      path: path(name), overwrite: true, provenance: provenance, triesNameless: nameless)
    try file.write([7])
    // Whatever it will be, nobody else reads it before.
    for temporary in try FileManager.default.contentsOfDirectory(atPath: directory)
    where temporary.hasSuffix(".tmp") {
      #expect(try status(temporary).permissions == 0o600)
    }
    try file.finish()
    return try status(name)
  }

  @Test("a copy keeps permissions and time, but no bits beyond the nine", arguments: [true, false])
  func copy(nameless: Bool) throws {
    for mode in [0o600, 0o640, 0o444, 0o666, 0o604, 0o4755] {
      try make("in", mode: mode)
      let origin = try status("in")
      let copy = try write("out\(mode)", .copy(of: origin), nameless: nameless)
      #expect(copy.permissions == UInt32(mode & 0o777))
      #expect(copy.modifiedSeconds == origin.modifiedSeconds)
      #expect(copy.modifiedNanoseconds == origin.modifiedNanoseconds && origin.modifiedNanoseconds != 0)
      try FileManager.default.removeItem(atPath: path("in"))
    }
  }

  @Test("what replaces a file has the permissions of what it is made of, not the old file's")
  func replacing() throws {
    try make("in", mode: 0o600)
    try make("out", mode: 0o666)
    #expect(try write("out", .copy(of: status("in")), nameless: true).permissions == 0o600)
  }

  @Test(
    "what is made of several files has no more permissions than any, and its own time",
    arguments: [true, false])
  func derived(nameless: Bool) throws {
    try make("a", mode: 0o640)
    try make("b", mode: 0o604)
    try make("c", mode: 0o644)
    func made(_ names: String...) throws -> FileStatus {
      try write("out", .derived(from: names.map(status)), nameless: nameless)
    }
    #expect(try made("a", "b", "c").permissions == 0o600)
    #expect(try made("a", "c").permissions & ~0o640 == 0)
    #expect(try made("c").modifiedSeconds > 1_500_000_000)
    let unknown = try write("plain", .unknown, nameless: nameless)
    #expect(try made() == unknown || made().permissions == unknown.permissions)
  }

  @Test("root gives a copy to the owner of the original", .enabled(if: geteuid() == 0))
  func owner() throws {
    try make("in", mode: 0o640)
    #expect(chown(path("in"), 12345, 23456) == 0)
    let copy = try write("out", .copy(of: status("in")), nameless: true)
    #expect(copy.owner == 12345 && copy.group == 23456 && copy.permissions == 0o640)
    // A model is its maker's, whose group gets no more than all others had.
    let derived = try write("model", .derived(from: [status("in")]), nameless: true)
    #expect(derived.owner == 0 && derived.permissions == 0o600)
  }
}
