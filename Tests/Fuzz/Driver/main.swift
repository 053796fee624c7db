// The fuzzer: `fuzzer seeds FOLDER` writes the seeds of all targets, a folder for each; `fuzzer TARGET` and libFuzzer's own
// arguments run one. A broken promise stops it, as a crash does, and the input is kept.

import CFuzzer
import Foundation

enum Program {
  /// The place of the target that the command line names.
  private static let index = FuzzTargets.all.firstIndex { $0.name == CommandLine.arguments.dropFirst().first }

  static var target: (any FuzzTarget.Type)? { index.map { FuzzTargets.all[$0] } }

  static func writeSeeds(to folder: URL) throws {
    for target in FuzzTargets.all {
      let own = folder.appendingPathComponent(target.name)
      try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
      for (index, seed) in try target.seeds().enumerated() {
        try Data(seed).write(to: own.appendingPathComponent("seed-\(index)"))
      }
    }
  }

  static func run() throws -> CInt {
    let arguments = CommandLine.arguments
    if arguments.count == 3, arguments[1] == "seeds" {
      try writeSeeds(to: URL(fileURLWithPath: arguments[2]))
      return 0
    }
    guard target != nil else {
      let names = FuzzTargets.all.map { $0.name }.joined(separator: ", ")
      FileHandle.standardError.write(Data("usage: fuzzer TARGET [libFuzzer's arguments]; targets: \(names)\n".utf8))
      return 64
    }
    // libFuzzer gets the program's name, and what follows the target's.
    let own = ([arguments[0]] + arguments.dropFirst(2)).map { strdup($0) } + [nil]
    return vaec_fuzz(CInt(own.count - 1), own)
  }
}

/// Runs the target on one input.
@_cdecl("vaec_fuzz_one")
func runOnce(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  do {
    try Program.target?.run(Array(UnsafeBufferPointer(start: data, count: size)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}

exit(try Program.run())
