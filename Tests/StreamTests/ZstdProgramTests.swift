import Foundation
import Testing

@Suite("The zstd program")
struct ZstdProgramTests {
  /// The program, if there is one.
  static let program = ["/usr/bin/zstd", "/usr/local/bin/zstd", "/opt/homebrew/bin/zstd"]
    .first(where: FileManager.default.isExecutableFile(atPath:))

  @Test(
    "accepts streams of both forms, and several one after the other", .enabled(if: program != nil),
    arguments: [
      ContainerTests.golden, CompactStreamTests.golden, ContainerTests.golden + ContainerTests.golden,
      ContainerTests.golden + CompactStreamTests.golden + ContainerTests.golden,
    ])
  func accepts(bytes: [UInt8]) throws {
    let program = try #require(Self.program)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).vaec")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    for action in ["-t", "-l"] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = [action, "-q", file.path]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "zstd \(action)")
    }
  }
}
