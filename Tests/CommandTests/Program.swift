import Dispatch
import Foundation

/// The program under test, run as a process of its own.
///
/// `VAEC_BINARY` in the environment names it; without, it is the product beside the test bundle.
enum Program {
  /// What a run gave.
  struct Outcome {
    var output: [UInt8]
    var errors: String
    /// The exit code; 128 and the signal's number where a signal ended it, as a shell says it.
    var code: Int32

    /// Standard output as text.
    var text: String { String(decoding: output, as: UTF8.self) }

    /// Standard output as the one JSON object that it has to be.
    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: Data(output)) as? [String: Any] ?? [:]
    }

    /// The only file's object of a result that lists files.
    func file() throws -> [String: Any] {
      let files = try json()["files"] as? [[String: Any]] ?? []
      return files.count == 1 ? files[0] : [:]
    }

    /// Whether an error is told as it has to be: exit code 1, nothing on standard output, one line on
    /// standard error.
    var isOneLineOfError: Bool {
      code == 1 && output.isEmpty && errors.hasPrefix("vaec: ") && errors.hasSuffix("\n")
        && errors.dropLast().allSatisfy { $0 != "\n" } && !errors.contains("Fatal error")
    }
  }

  /// Where the program is.
  static let path: String = {
    if let path = ProcessInfo.processInfo.environment["VAEC_BINARY"], !path.isEmpty { return path }
    return Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
      .map { $0.bundleURL.deletingLastPathComponent().appendingPathComponent("vaec").path }
      ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("vaec").path
  }()

  /// Runs the program.
  ///
  /// - Parameters:
  ///   - input: standard input.
  ///   - environment: variables beside those of the tests.
  ///   - directory: where it runs.
  ///   - seconds: it is killed after that: a guard against what never ends, long enough for any machine.
  static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
    in directory: Scratch? = nil,
    seconds: Double = 600
  ) throws -> Outcome {
    try launch(path, arguments, input, environment, directory, seconds)
  }

  /// Runs a shell script that knows the program as `vaec`.
  static func shell(
    _ script: String, environment: [String: String] = [:], in directory: Scratch, seconds: Double = 600
  ) throws -> Outcome {
    let function = "vaec() { \"$VAEC\" \"$@\"; }\n"
    let variables = environment.merging(["VAEC": path]) { a, _ in a }
    return try launch("/bin/bash", ["-c", function + script], [], variables, directory, seconds)
  }

  /// Whether the machine has another program.
  static func isInstalled(_ name: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  private static func launch(
    _ executable: String, _ arguments: [String], _ input: [UInt8], _ environment: [String: String],
    _ directory: Scratch?, _ seconds: Double
  ) throws -> Outcome {
    let files = try Scratch()
    try files.write(input, to: "input")
    try files.write([], to: "output")
    try files.write([], to: "errors")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, b in b }
    process.currentDirectoryURL = (directory ?? files).url
    let handles = [
      try FileHandle(forReadingFrom: files.url("input")), try FileHandle(forWritingTo: files.url("output")),
      try FileHandle(forWritingTo: files.url("errors")),
    ]
    // A process keeps its handles for good, and Foundation cannot wait for more than a thousand of them.
    defer { for handle in handles { try? handle.close() } }
    process.standardInput = handles[0]
    process.standardOutput = handles[1]
    process.standardError = handles[2]
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    if ended.wait(timeout: .now() + seconds) == .timedOut {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
    }
    let code = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return Outcome(
      output: try files.read("output"), errors: String(decoding: try files.read("errors"), as: UTF8.self),
      code: code)
  }
}

/// A directory for a test's files, which vanishes with the value.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("vaec-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func url(_ name: String) -> URL { url.appendingPathComponent(name) }

  func path(_ name: String) -> String { url(name).path }

  func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: url(name)) }

  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url(name))) }

  func contains(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// The names of all its files, hidden ones included, in order.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }
}
