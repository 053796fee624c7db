// The fuzzer: `fuzzer seeds FOLDER` writes the seeds of all targets, a folder for each; `fuzzer TARGET` and libFuzzer's own
// arguments run one. A broken promise stops it, as a crash does, and the input is kept.

import CFuzzer
import Foundation

enum Program {
  /// Names the target to the processes that the fuzzer starts, whose arguments are its own.
  private static let variable = "VAEC_FUZZ_TARGET"

  /// The place of the target that the command line names, or the process that started this one.
  private static let index =
    place(CommandLine.arguments.dropFirst().first) ?? place(getenv(variable).map { String(cString: $0) })

  private static func place(_ name: String?) -> Int? { FuzzTargets.all.firstIndex { $0.name == name } }

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
    guard let target else {
      let names = FuzzTargets.all.map { $0.name }.joined(separator: ", ")
      FileHandle.standardError.write(
        Data("usage: fuzzer TARGET [libFuzzer's arguments]; targets: \(names)\n".utf8))
      return 64
    }
    // libFuzzer gets the program's name, and what follows the target's.
    let isNamed = target.name == arguments.dropFirst().first
    setenv(variable, target.name, 1)
    let own = ([arguments[0]] + arguments.dropFirst(isNamed ? 2 : 1)).map { strdup($0) } + [nil]
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
