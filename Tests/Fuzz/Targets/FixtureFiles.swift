import Foundation

@testable import VAECodec

/// The files of Fixtures, as seeds and as good models for hostile streams.
enum FixtureFiles {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// The files of a folder of Fixtures, by name.
  static func files(in name: String, below limit: Int = 1 << 14) throws -> [(name: String, bytes: [UInt8])] {
    let folder = folder.appendingPathComponent(name)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().compactMap { name in
      let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
      return bytes.count < limit ? (name, bytes) : nil
    }
  }

  static func golden(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent("golden/" + name)))
  }

  static func model(_ name: String) throws -> FittedModel {
    try FittedModel(bytes: golden(name + ".vae"), name: name)
  }
}
