import Foundation
import Testing

@testable import Tensor
@testable import VAECodec

/// Files of Fixtures/golden; Fixtures/README.md tells how they were made.
enum Golden {
  /// The directory with all fixtures.
  static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func path(_ name: String) -> URL { fixtures.appendingPathComponent("golden/" + name) }

  static func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: path(name))) }

  static func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: path(name)) }

  /// Expects that a file's bytes are decoded to `expected` with all kernels and any number of threads.
  static func expectDecoding(
    _ name: String, _ expected: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
    _ decode: (_ bytes: [UInt8], Codec) throws -> [UInt8]
  ) throws {
    let bytes = try read(name)
    for variant in Kernels.available {
      for threads in [1, 2] {
        let codec = try Codec(threads: threads, environment: ["VAEC_KERNELS": variant])
        #expect(
          try decode(bytes, codec) == expected, "\(variant), \(threads) threads",
          sourceLocation: sourceLocation)
      }
    }
  }

  static func model(_ name: String) throws -> FittedModel {
    try FittedModel(bytes: try read(name + ".vae"), name: name + ".vae")
  }
}
