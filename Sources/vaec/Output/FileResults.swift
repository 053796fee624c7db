import ArgumentParser
import ByteIO
import VAECodec

/// The result of a command for one file.
protocol FileResult {
  /// Prints it.
  func tell(_ console: Console) throws
  /// The result as JSON.
  var json: JSON { get }
  /// Whether the file counts as failed despite the result.
  var isFailure: Bool { get }
  /// Its contribution to the total; nil if the command makes no files.
  var sizes: FileSizes? { get }
}

/// Numbers of samples, and of bytes before and after, of one or several files.
struct FileSizes {
  var samples = 0
  var fileBytes = 0
  var streamBytes = 0
  var isDecoded = false

  static func + (a: FileSizes, b: FileSizes) -> FileSizes {
    FileSizes(
      samples: a.samples + b.samples, fileBytes: a.fileBytes + b.fileBytes,
      streamBytes: a.streamBytes + b.streamBytes, isDecoded: b.isDecoded)
  }

  private var ratio: Double { Double(fileBytes) / Double(max(1, streamBytes)) }

  /// "34752 -> 3075 bytes, ratio 11.30".
  var text: String {
    let (before, after) = isDecoded ? (streamBytes, fileBytes) : (fileBytes, streamBytes)
    return "\(before) -> \(after) bytes, ratio \(ratio.fixed(2))"
  }

  var members: [(key: String, value: JSON)] {
    [
      ("samples", .integer(samples)), ("file_bytes", .integer(fileBytes)),
      ("stream_bytes", .integer(streamBytes)), ("ratio", .number(ratio)),
    ]
  }
}

extension FileResult {
  var isFailure: Bool { false }
  var sizes: FileSizes? { nil }
}

/// Runs a command file by file, and prints the results one by one, or at the end as one JSON object.
///
/// The object has the results of all files, of one as of several, in a list called `files`, and their sums in `total`. A file
/// that is at fault has an object too, with its `error`.
struct FileResults {
  private let console: Console
  private let isJSON: Bool

  init(_ options: GeneralOptions) {
    console = options.console
    isJSON = options.json
  }

  /// Removes inputs whose content is now in a file, if --rm is given. Inputs that are kept are reported and make the
  /// failure.
  func clearAway(
    _ inputs: [(input: InputFile, source: FileSource)], _ files: FileOptions, after output: any ByteSink
  ) throws {
    var areKept = false
    for (input, source) in inputs {
      do throws(CommandError) {
        try files.clearAway(input, source, after: output)
      } catch {
        console.problem(error.message)
        areKept = true
      }
    }
    if areKept { throw ExitCode(Failure.faultCode) }
  }

  /// Runs `body` for each input. An error in one is reported and does not stop the others, but makes the exit status a
  /// failure.
  ///
  /// - Parameters:
  ///   - isJoint: whether an error in one input stops the others.
  ///   - afterwards: called after all inputs, if none had an error.
  func collect(
    _ inputs: [InputFile], isJoint: Bool = false, _ body: (InputFile) throws -> any FileResult,
    afterwards: () throws -> Void = {}
  ) throws {
    var results: [JSON] = []
    var (hasFailed, isDamaged) = (false, false)
    var code = Failure.memoryCode
    var (total, done, failed): (FileSizes?, Int, Int) = (nil, 0, 0)
    for input in inputs {
      do {
        let result = try body(input)
        if isJSON { results.append(result.json) } else { try result.tell(console) }
        done += 1
        if let sizes = result.sizes { total = total.map { $0 + sizes } ?? sizes }
        if result.isFailure {
          failed += 1
          isDamaged = true
          code = Failure.faultCode
        }
      } catch {
        guard let failure = Failure(error), let text = failure.text else { throw error }
        console.problem(text)
        if failure.isInterrupted { throw ExitCode(failure.exitCode) }
        results.append(
          .object([("file", .string(input.name)), ("ok", .bool(false)), ("error", .string(text))]))
        hasFailed = true
        failed += 1
        code = min(code, failure.exitCode)
        if isJoint { break }
      }
    }
    if !hasFailed { try afterwards() }
    if isJSON {
      let counts: [(key: String, value: JSON)] = [
        ("files", .integer(results.count)), ("failed", .integer(failed)),
      ]
      try console.result(
        .object([("files", .array(results)), ("total", .object(counts + (total?.members ?? [])))]))
    } else if inputs.count > 1, done > 1, let total {
      let failures = failed == 0 ? "" : ", \(failed) of \(inputs.count) with errors"
      console.note("\(counted(done, "file")): \(total.text)\(failures)")
    }
    if hasFailed || isDamaged { throw ExitCode(code) }
  }
}
