import Foundation
import Testing

@testable import ByteIO

/// What was read is removed only if it is what was read, and all of it.
@Suite("removal of inputs")
final class RemovalTests {
  private let directory: String

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/vaec-removal-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    try Data(someBytes(1000)).write(to: URL(fileURLWithPath: path("in")))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func path(_ name: String) -> String { "\(directory)/\(name)" }
  private func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Reads a file to its end, lets something happen to it, and removes it.
  private func problem(_ name: String = "in", after change: () throws -> Void = {}) throws -> RemovalProblem?
  {
    let source = try FileSource(path: path(name))
    try source.copy(to: MemorySink())
    try change()
    do throws(RemovalProblem) {
      try source.removeFile()
    } catch {
      return error
    }
    return nil
  }

  private func append(_ byte: UInt8) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path("in")))
    try file.seekToEnd()
    try file.write(contentsOf: [byte])
    try file.close()
  }

  @Test("a file that was read to its end goes")
  func removed() throws {
    #expect(try problem() == nil)
    #expect(!isThere("in"))
  }

  @Test("one that grew meanwhile stays")
  func grown() throws {
    #expect(try problem { try append(1) } == .changed)
    #expect(isThere("in"))
  }

  @Test("one that was changed in its place stays, by its time")
  func touched() throws {
    let change = { [path = path("in")] in
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: path)
    }
    #expect(try problem(after: change) == .changed)
    #expect(isThere("in"))
  }

  @Test("another file under its name stays")
  func replaced() throws {
    let change = { [self] in
      try FileManager.default.moveItem(atPath: path("in"), toPath: path("moved"))
      try Data([1]).write(to: URL(fileURLWithPath: path("in")))
    }
    #expect(try problem(after: change) == .replaced)
    #expect(isThere("in") && isThere("moved"))
    #expect(try problem { try FileManager.default.removeItem(atPath: path("in")) } != nil)
  }

  @Test("a symbolic link stays, and what it leads to")
  func link() throws {
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "in")
    #expect(try problem("link") == .symbolicLink)
    #expect(isThere("in") && isThere("link"))
  }

  @Test("one that was not read to its end stays, until a store has read the rest")
  func unread() throws {
    let source = try FileSource(path: path("in"))
    _ = try source.read(upTo: 999)
    #expect(throws: RemovalProblem.unread) { try source.removeFile() }
    let store = try source.store()
    _ = try store.read(at: 0, upTo: 1)
    #expect(throws: RemovalProblem.noRegularFile) {
      try FileSource(descriptor: .standardInput, path: self.path("in")).removeFile()
    }
    #expect(isThere("in"))
    try source.removeFile()
    #expect(!isThere("in"))
  }
}
