import Foundation
import VAECodec

/// Files of Fixtures/golden; Fixtures/README.md tells how they were made.
enum Golden {
  /// The directory with all fixtures.
  static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func path(_ name: String) -> URL { fixtures.appendingPathComponent("golden/" + name) }

  static func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: path(name))) }

  static func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: path(name)) }

  static func model(_ name: String) throws -> FittedModel {
    try FittedModel(bytes: try read(name + ".vae"), name: name + ".vae")
  }
}
