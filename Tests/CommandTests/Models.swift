import Foundation
import Testing

/// Models that many tests share: small ones, fitted once.
enum Models {
  /// For images of 8 x 8 values.
  static let digits = Result { try fit([Fixtures.path("digits-fit.npy")], seed: 0) }
  /// Another one for the same images.
  static let others = Result { try fit([Fixtures.path("digits-fit.npy")], seed: 1) }

  /// A test's directory with the model for digits as m.vae, and new.npy beside it.
  static func scratch(with names: [String] = ["new.npy"]) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(try digits.get(), to: "m.vae")
    for name in names { try scratch.write(ByteArray.digits.npy, to: name) }
    return scratch
  }

  /// Fits a model quickly.
  static func fit(_ arguments: [String], seed: Int = 0) throws -> [UInt8] {
    let scratch = try Scratch()
    let outcome = try Program.run(
      ["fit"] + arguments + [
        "-o", scratch.path("m.vae"), "--epochs", "4", "--hidden", "32", "--seed", "\(seed)",
      ]
        + ["--quiet"])
    guard outcome.code == 0 else { throw FitFailure(errors: outcome.errors) }
    return try scratch.read("m.vae")
  }

  struct FitFailure: Error {
    var errors: String
  }
}
