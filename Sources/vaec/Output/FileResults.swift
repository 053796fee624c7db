import ArgumentParser
import ByteIO

/// What a command found out about one of its files.
protocol FileResult {
  /// Tells it to the user.
  func tell(_ console: Console) throws
  /// The same for programs.
  var json: JSON { get }
  /// Whether the file is at fault all the same.
  var isFailure: Bool { get }
}

extension FileResult {
  var isFailure: Bool { false }
}

/// Does a command's work file by file, and tells the results: one by one, or at the end as one JSON object.
///
/// The object of one file is its result. That of several has them all in a list called `files`. A file that
/// is at fault has an object too, with its `error`.
struct FileResults {
  private let console: Console
  private let isJSON: Bool

  init(_ options: GeneralOptions) {
    console = options.console
    isJSON = options.json
  }

  /// Removes inputs whose content is in a file now, where that was asked for. Those that are kept are told, and make the end a
  /// failure.
  func clearAway(
    _ inputs: [(input: InputFile, source: FileSource)], _ files: FileOptions, after output: any ByteSink
  ) throws {
    var areKept = false
    for (input, source) in inputs {
      do throws(CommandError) {
        try files.clearAway(input, source, after: output)
      } catch {
        console.problem("\(error)")
        areKept = true
      }
    }
    if areKept { throw ExitCode(Failure.faultCode) }
  }

  /// Does `body` for each input. An error in one is told, and does not stop the others; it makes the end a
  /// failure.
  ///
  /// - Parameters:
  ///   - isJoint: whether an error in one input stops the others.
  ///   - afterwards: what is to be done when all inputs are, if there was no error in one.
  func collect(
    _ inputs: [InputFile], isJoint: Bool = false, _ body: (InputFile) throws -> any FileResult,
    afterwards: () throws -> Void = {}
  ) throws {
    var results: [JSON] = []
    var (hasFailed, isDamaged) = (false, false)
    var code = Failure.memoryCode
    for input in inputs {
      do {
        let result = try body(input)
        if isJSON { results.append(result.json) } else { try result.tell(console) }
        if result.isFailure {
          isDamaged = true
          code = Failure.faultCode
        }
      } catch {
        guard let failure = Failure(error), let text = failure.text else { throw error }
        console.problem(text)
        results.append(
          .object([("file", .string(input.name)), ("ok", .bool(false)), ("error", .string(text))]))
        hasFailed = true
        code = min(code, failure.exitCode)
        if isJoint { break }
      }
    }
    if !hasFailed { try afterwards() }
    if isJSON {
      if inputs.count > 1 {
        try console.result(.object([("files", .array(results))]))
      } else if let result = results.first {
        try console.result(result)
      }
    }
    if hasFailed || isDamaged { throw ExitCode(code) }
  }
}
