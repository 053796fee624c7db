import Foundation
import SystemPackage
import Testing

@testable import ByteIO

@Suite("files")
final class FileTests {
  private let directory: String

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/vaec-files-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func path(_ name: String) -> String { "\(directory)/\(name)" }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
  }

  private func put(_ bytes: [UInt8], _ name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
  }

  private func content(_ name: String) throws -> [UInt8] {
    try drain(FileSource(path: path(name)))
  }

  @Test("a file appears whole when it is finished, and not before", arguments: [true, false])
  func appears(nameless: Bool) throws {
    let bytes = someBytes(500_000)
    let file = try OutputFile(path: path("out"), overwrite: false, triesNameless: nameless)
    try file.write(bytes[..<100])
    try file.write(bytes[100..<400_000])
    try file.write(bytes[400_000...])
    #expect(!FileManager.default.fileExists(atPath: path("out")))
    try file.finish()
    #expect(try names() == ["out"])
    #expect(try content("out") == bytes)
  }

  @Test("what is given up leaves nothing behind", arguments: [true, false])
  func discard(nameless: Bool) throws {
    do {
      let file = try OutputFile(path: path("out"), overwrite: false, triesNameless: nameless)
      try file.write([1, 2, 3])
    }
    let file = try OutputFile(path: path("out"), overwrite: false, triesNameless: nameless)
    try file.write(someBytes(300_000))
    file.discard()
    #expect(try names() == [])
  }

  @Test("an existing file is kept unless it may be overwritten", arguments: [true, false])
  func exists(nameless: Bool) throws {
    try put([1], "out")
    #expect(throws: ByteIOError.exists(path: path("out"))) {
      try OutputFile(path: self.path("out"), overwrite: false, triesNameless: nameless)
    }
    #expect(try content("out") == [1])
    let file = try OutputFile(path: path("out"), overwrite: true, triesNameless: nameless)
    try file.write([2, 3])
    #expect(try content("out") == [1])
    try file.finish()
    #expect(try content("out") == [2, 3])
    #expect(try names() == ["out"])
  }

  @Test("a file that comes up meanwhile is kept too", arguments: [true, false])
  func comesUp(nameless: Bool) throws {
    let file = try OutputFile(path: path("out"), overwrite: false, triesNameless: nameless)
    try file.write([2])
    try put([1], "out")
    #expect(throws: ByteIOError.exists(path: path("out"))) { try file.finish() }
    #expect(try content("out") == [1])
    #expect(try names() == ["out"])
  }

  @Test("the permissions are those of any new file", arguments: [true, false])
  func permissions(nameless: Bool) throws {
    let plain = try FileDescriptor.open(
      FilePath(path("plain")), .writeOnly, options: .create, permissions: FilePermissions(rawValue: 0o666))
    try plain.close()
    try OutputFile(path: path("out"), overwrite: false, triesNameless: nameless).finish()
    let expected = try FileManager.default.attributesOfItem(atPath: path("plain"))[.posixPermissions] as? Int
    let found = try FileManager.default.attributesOfItem(atPath: path("out"))[.posixPermissions] as? Int
    #expect(expected != nil && expected == found)
  }

  @Test("through a symbolic link, what it leads to is replaced", arguments: [true, false])
  func link(nameless: Bool) throws {
    try put([1], "real")
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "real")
    #expect(throws: ByteIOError.exists(path: path("link"))) {
      try OutputFile(path: self.path("link"), overwrite: false, triesNameless: nameless)
    }
    let file = try OutputFile(path: path("link"), overwrite: true, triesNameless: nameless)
    try file.write([2])
    try file.finish()
    #expect(try content("real") == [2])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link")) == "real")
  }

  @Test("devices are written to directly")
  func device() throws {
    let file = try OutputFile(path: "/dev/null", overwrite: false)
    try file.write(someBytes(1000))
    #expect(!file.canPatch)
    try file.finish()
    #expect(FileManager.default.fileExists(atPath: "/dev/null"))
  }

  @Test("a directory that is missing or in the way is an error")
  func badTargets() throws {
    #expect(throws: ByteIOError.system(operation: "open", path: path("no/out"), errno: 2)) {
      try OutputFile(path: self.path("no/out"), overwrite: false)
    }
    #expect(throws: ByteIOError.self) { try OutputFile(path: self.directory, overwrite: true) }
    #expect(throws: ByteIOError.self) { try FileSource(path: self.directory) }
    #expect(throws: ByteIOError.system(operation: "open", path: path("no"), errno: 2)) {
      try FileSource(path: self.path("no"))
    }
  }

  @Test("written bytes can be changed until the file is finished", arguments: [true, false])
  func patch(nameless: Bool) throws {
    let file = try OutputFile(path: path("out"), overwrite: false, triesNameless: nameless)
    try file.write(someBytes(200_000))
    try file.write([7, 7], at: 150_000)
    try file.write([5])
    try file.write([6], at: 0)
    try file.finish()
    var expected = someBytes(200_000) + [5]
    expected.replaceSubrange(150_000..<150_002, with: [7, 7])
    expected[0] = 6
    #expect(try content("out") == expected)
  }

  @Test("an open file is patched from where the output began, unless it appends")
  func patchDescriptor() throws {
    try put([1, 1, 1, 1], "out")
    let descriptor = try FileDescriptor.open(FilePath(path("out")), .writeOnly)
    try descriptor.seek(offset: 2, from: .start)
    let sink = FileSink(descriptor: descriptor, path: "out", closes: true)
    #expect(sink.canPatch)
    try sink.write([2, 2, 2])
    try sink.write([3], at: 1)
    try sink.finish()
    #expect(try content("out") == [1, 1, 2, 3, 2])

    let appending = try FileDescriptor.open(FilePath(path("out")), .writeOnly, options: .append)
    let appendingSink = FileSink(descriptor: appending, path: "out", closes: true)
    #expect(!appendingSink.canPatch)
    try appendingSink.write([4])
    try appendingSink.finish()
    #expect(try content("out") == [1, 1, 2, 3, 2, 4])
  }

  @Test("pipes carry bytes, cannot be patched, and say when nobody reads")
  func pipe() throws {
    signal(SIGPIPE, SIG_IGN)
    let ends = try FileDescriptor.pipe()
    let sink = FileSink(descriptor: ends.writeEnd, path: "pipe", closes: true)
    #expect(!sink.canPatch)
    try sink.write([1, 2, 3])
    try sink.flush()
    let source = FileSource(descriptor: ends.readEnd, path: "pipe")
    #expect(source.remainingSize == nil && source.position == nil)
    #expect(try source.read(upTo: 3) == [1, 2, 3])
    try ends.readEnd.close()
    try sink.write([4])
    #expect(throws: ByteIOError.brokenPipe) { try sink.flush() }
  }

  @Test("a regular file tells how much is left")
  func remainingSize() throws {
    try put(someBytes(1000), "in")
    let source = try FileSource(path: path("in"))
    #expect(source.remainingSize == 1000)
    _ = try source.read(upTo: 400)
    #expect(source.remainingSize == 600)
  }

  @Test("a regular file can be read again from where reading was")
  func position() throws {
    let bytes = someBytes(1000)
    try put(bytes, "in")
    let source = try FileSource(path: path("in"))
    _ = try source.read(upTo: 100)
    let position = try #require(source.position)
    for _ in 0..<2 {
      #expect(try source.read(upTo: 2000) == Array(bytes[100...]))
      try source.move(to: position)
    }
  }

  @Test("names of the greatest length can be overwritten", arguments: [true, false])
  func longName(nameless: Bool) throws {
    let name = String(repeating: "ä", count: 127)
    for byte in 0..<2 as Range<UInt8> {
      let file = try OutputFile(path: path(name), overwrite: true, triesNameless: nameless)
      try file.write([byte])
      try file.finish()
    }
    #expect(try content(name) == [1])
    #expect(try names().count == 1)
  }

  @Test("what is added to a file stays when it is finished, and goes otherwise")
  func appending() throws {
    try put([1, 2, 3], "log")
    do {
      let file = try AppendingFile(path: path("log"))
      #expect(try drain(StoreSource(file.store())) == [1, 2, 3])
      try file.write([4, 5])
      #expect(throws: ByteIOError.self) { try AppendingFile(path: path("log")) }
      try file.finish()
      #expect(throws: ByteIOError.self) { try file.write([6]) }
    }
    #expect(try content("log") == [1, 2, 3, 4, 5])
    do {
      let file = try AppendingFile(path: path("log"))
      try file.write([6])
      #expect(try content("log").count == 6)
    }
    #expect(try content("log") == [1, 2, 3, 4, 5])
    let file = try AppendingFile(path: path("log"))
    try file.write([6])
    file.undoing.undo()
    #expect(throws: ByteIOError.self) { try file.write([7]) }
    #expect(try content("log") == [1, 2, 3, 4, 5])
  }

  @Test("a file that is made for adding to it is there only if that is finished")
  func appendingNew() throws {
    do {
      let file = try AppendingFile(path: path("new"))
      try file.write([1])
    }
    #expect(try names() == [])
    let file = try AppendingFile(path: path("new"))
    try file.write([1])
    try file.finish()
    #expect(try content("new") == [1])
    #expect(throws: ByteIOError.self) { try AppendingFile(path: directory) }
    #expect(throws: ByteIOError.self) { try AppendingFile(path: "/dev/null") }
  }

  @Test("a store gives any bytes of a file, from where it was read to on, and no more than there are")
  func stores() throws {
    let bytes = someBytes(300_000)
    try put(bytes, "in")
    let source = try FileSource(path: path("in"))
    _ = try source.read(upTo: 100)
    let store = try source.store()
    #expect(store.size == bytes.count - 100)
    for (offset, count) in [(0, 10), (250_000, 1 << 40), (299_900, 5), (-1, 5), (7, 0), (7, -3)] {
      let isThere = (0..<store.size).contains(offset) && count > 0
      let end = min(bytes.count, 100 + max(0, offset) + max(0, min(count, bytes.count)))
      #expect(
        try store.read(at: offset, upTo: count) == (isThere ? Array(bytes[(100 + offset)..<end]) : []))
      #expect(
        try MemoryStore(Array(bytes[100...])).read(at: offset, upTo: count)
          == store.read(at: offset, upTo: count))
    }
    #expect(try drain(StoreSource(store)) == Array(bytes[100...]))
    let counting = CountingStore(store)
    _ = try counting.read(at: 5, upTo: 10)
    #expect(counting.count == 10)
  }
}
