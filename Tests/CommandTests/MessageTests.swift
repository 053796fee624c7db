import ByteIO
import Foundation
import Testing

@testable import Container
@testable import EntropyCoding
@testable import Records
@testable import Training
@testable import VAECodec
@testable import VAEModel
@testable import vaec

/// All messages about what is at fault, as they were last approved: `Fixtures/messages.txt` has them. With `VAEC_RENEW` set,
/// the test writes them anew, to be looked at in the difference.
@Suite("messages")
struct MessageTests {
  /// An example of each case. A case that is missing here is named by the test.
  private static let examples: [(any Error, name: String)] =
    labelled(byteErrors) + labelled(sampleErrors) + labelled(streamErrors) + labelled(chunkErrors)
    + labelled(fitErrors) + labelled(checkpointErrors) + labelled(codecErrors) + labelled(commandErrors)

  /// The enums of errors, and the files that declare them.
  private static let declarations = [
    ("ByteIOError", "ByteIO/ByteIOError.swift"), ("SampleIOError", "Records/SampleIOError.swift"),
    ("StreamError", "Container/Streams/StreamError.swift"),
    ("ChunkError", "EntropyCoding/Symbols/ChunkError.swift"),
    ("FitError", "VAEModel/Fitting/FitError.swift"), ("CheckpointError", "VAEModel/Fitting/FitError.swift"),
    ("CodecError", "VAECodec/Base/CodecError.swift"), ("CommandError", "vaec/Failure.swift"),
  ]

  private static let name = "data.npy"

  private static let column = RenamedColumn(column: 2, found: "b", expected: "c", isReordered: true)

  private static let byteErrors: [(ByteIOError, String?)] = [
    (.system(operation: "open", path: name, errno: ENOENT), nil),
    (.system(operation: "open", path: name, errno: EACCES), nil),
    (.system(operation: "read", path: name, errno: EISDIR), nil),
    (.system(operation: "write", path: name, errno: ENOSPC), nil), (.brokenPipe, "brokenPipe"),
    (.exists(path: name), nil), (.corrupt(format: "gzip", reason: "incorrect data check"), nil),
    (.truncated(format: "zstd"), nil), (.tooLarge(limit: 1000), nil), (.cancelled, "cancelled"),
    (.memory(needs: 3 << 30, limit: 1 << 30), nil),
  ]

  private static let sampleErrors: [(SampleIOError, String?)] =
    [
      (.bytes(.truncated(format: "gzip"), name: name), nil), (.empty(name: name), nil),
      (.unrecognized(name: name), nil), (.missingOption(name: name, option: .shape), nil),
      (.badHeader(name: name, format: "npy", reason: "no shape"), nil),
      (.unsupportedType(name: name, type: "O"), nil),
      (.noSuchArray(name: name, array: "z", arrays: ["x", "y"]), nil),
      (.notNumbers(name: name, array: "y"), nil),
      (.unequalArrays(name: name, array: "y", rows: 20, other: "x", otherRows: 10), nil),
      (.scalar(name: name), nil),
      (.badShape(name: name, shape: [2, 0], reason: "an axis without values"), nil),
      (.noLayout(name: name, rule: .tile([16, 16]), shape: [], rows: 512), nil),
      (.tooLarge(name: name, limit: 1000), nil), (.truncated(name: name, expectedRows: 9, gotRows: 7), nil),
      (.truncatedRow(name: name, row: 8), nil), (.trailingBytes(name: name, rows: 9), nil),
      (.columnCount(name: name, line: 5, found: 1, expected: 3), nil),
      (.headerCount(name: name, found: 2, expected: 3), nil),
      (.noSuchColumn(name: name, column: "tmp", columns: 3), nil),
      (.noColumns(name: name, shape: [28, 28]), nil), (.columnsOfRecords(name: name), nil),
      (.otherColumns(name: name, column: "temp", isReordered: false), nil),
      (.otherColumns(name: name, column: "temp", isReordered: true), "reordered"),
      (.noValues(name: name), nil),
      (.notANumber(name: name, line: 5, column: 2, text: "red", table: TableLayout(columns: 3)), nil),
      (.optionNotApplicable(name: name, option: .shape, format: "an npy file"), nil),
      (.notRaw(name: name, kind: "an npy file"), nil),
      (.partialSample(name: name, rows: 7, values: 3, bytes: 0, valuesPerSample: 64), nil),
      (.openQuote(name: name, line: 5, column: 2), nil), (.foreignText(name: name, kind: .json), nil),
      (.foreignText(name: name, kind: .matrixMarket), nil),
      (.cannotHold(type: .u1, row: 5, column: 2, value: 300), nil),
      (.longLine(name: name, line: 5, limit: 1000), nil),
      (.rowLength(name: name, row: 5, found: 1, expected: 3), nil),
      (.rowCountMismatch(announced: 9, written: 7), nil),
      (.cannotWrite(format: "bvecs", reason: "values are f4"), nil),
      (.badDescription(name: name, reason: "2 column names for 3 columns"), nil),
    ]
    + [RecognizedFile([0x50, 0x4B, 3, 4][...])].compactMap { $0.map { (.otherContent(name: name, $0), nil) } }

  private static let streamErrors: [(StreamError, String?)] = [
    (.bytes(.truncated(format: "zstd")), nil), (.notAVaecFile(.npy), nil), (.unsupportedVersion(9), nil),
    (.unsupportedFlags(9), nil), (.damagedHeader, "damagedHeader"), (.truncated(afterChunks: 3), nil),
    (.damagedChunk(index: 3), nil), (.oversize(bytes: 2000, limit: 1000), nil),
    (.missingSeekTable(afterChunks: 3), nil), (.damagedSeekTable, "damagedSeekTable"),
    (.trailingBytes(offset: 1000), nil), (.tooManyChunks(limit: 1000), nil),
  ]

  private static let chunkErrors: [(ChunkError, String?)] = [
    (.otherRows, "otherRows"),
    (.frame(.corrupt(format: "zstd", reason: "wrong checksum")), nil), (.rows(9, limit: 7), nil),
    (.corrupt, "corrupt"),
  ]

  private static let fitErrors: [(FitError, String?)] = [
    (.tooFewRows(9, least: 16), nil), (.tooManyValues(9, most: 7), nil), (.tooManyLatents(9, most: 7), nil),
    (.networkTooLarge(numbers: 9, most: 7), nil), (.notProbabilities(lowest: -1, highest: 2.5), nil),
    (.diverged, "diverged"), (.badOption("beta"), nil), (.suspended(fraction: 0.35), nil),
    (.interrupted, "interrupted"),
    (.checkpoint(.damaged), nil), (.tooFine(deviation: 1.5e-42), nil),
  ]

  private static let checkpointErrors: [(CheckpointError, String?)] = [
    (.bytes(.truncated(format: "zstd")), nil), (.notACheckpoint, "notACheckpoint"), (.otherVersion(9), nil),
    (.otherOption(name: "seed", made: "1", given: "2"), nil),
    (.otherOption(name: "seed", made: "", given: "2"), nil),
    (.otherOption(name: "seed", made: "1", given: ""), nil), (.otherData, "otherData"), (.damaged, "damaged"),
  ]

  private static let codecErrors: [(CodecError, String?)] = [
    (.samples(.empty(name: name)), nil), (.bytes(.truncated(format: "zstd"), name: name), nil),
    (.stream(.damagedHeader, name: name), nil), (.chunk(.corrupt, name: name, chunk: 3), nil),
    (.work(name: name, needs: 40_000_000_000_000, limit: .standard), nil),
    (.notAModel(name: name, looksLike: "an npy array"), nil),
    (.unknownModelVersion(name: name, version: 9), nil),
    (.damagedModel(name: name, reason: "wrong checksum"), nil), (.notWhole(name: name, whole: 1000), nil),
    (.nothingLeft(name: name, damage: StreamDamage(kind: .header, stream: nil, rows: nil, place: 0)), nil),
    (.badHeader(name: name, reason: "no rows in a chunk"), nil),
    (.wrongModel(name: name, needs: "0123abcd", given: "4567ef01"), nil),
    (.needsModel(name: name, needs: "0123abcd"), nil),
    (.shapeMismatch(name: name, found: [8, 8], expected: [28, 28]), nil), (.noLatents(name: name), nil),
    (.noCalibration(name: name), nil),
    (.noSuchColumn(name: name, column: "pressure", columns: 7), nil),
    (.fewerLatents(name: name, asked: 9, most: 7), nil), (.badLatent(name: name, row: 5, column: 2), nil),
    (.noMixture(name: name), nil), (.tooFewToCompare(name: name, rows: 2), nil),
    (.severalRows(name: name), nil),
    (.noSuchRow(name: name, row: 9, rows: 7), nil), (.notAnInteger(name: name, row: 5, column: 2), nil),
    (.noRows(name: name), nil), (.targetOutOfReach(name: name, asked: .psnr(80), nearest: 61.237), nil),
    (.targetOutOfReach(name: name, asked: .bitsPerSample(2), nearest: 3.501), nil),
    (.targetOutOfReach(name: name, asked: .bytes(100), nearest: 216), nil), (.sizeNeedsRows(name: name), nil),
    (.layoutNeedsRows(name: name), nil), (.cutsText(name: name), nil),
    (.noSlice(name: name, reason: "has 2 axes; the slice has 3"), nil),
    (.rangeNeedsFile(name: name), nil), (.changedWhileRead(name: name), nil),
    (.mixedShapes(name: name, found: [8, 8], expected: [28, 28]), nil), (.fit(.diverged, name: name), nil),
    (.renamedColumn(name: name, column), nil), (.renamedInStream(name: name, column, rows: 7), nil),
    (.notReadBack(name: name, reason: "chunk 3 is damaged"), nil),
    (.noSuchKernels("abacus", available: ["plain"]), nil),
  ]

  private static let commandErrors: [(CommandError, String?)] = [
    (.outputIsTerminal("streams"), nil), (.inputIsTerminal, "inputIsTerminal"), (.noOutputName(name), nil),
    (.outputIsInput(name), nil),
    (.cannotJoin(name: name, found: "single values of type f4", expected: "8 x 8 values of type u1"), nil),
    (
      .cannotCompare(
        name: name, found: "single values of type f4", stream: "x.vaec", expected: "8 x 8 values of type u1"),
      nil
    ),
    (.otherRows(name: name, stream: "x.vaec", isFewer: true), nil),
    (.needsLayout(name: name, isImage: true), nil), (.needsLayout(name: name, isImage: false), nil),
    (.otherRows(name: name, stream: "x.vaec", isFewer: false), nil), (.isDirectory("data"), nil),
    (.noFiles(directory: "data", wanted: "files of samples"), nil),
    (.directory(name: "data", operation: "read", reason: "permission denied"), nil),
    (.outputTwice(name), nil),
    (.suffixNotWritten(name: "x.mat", suffix: "mat", written: "samples are npy, csv or raw"), nil),
    (.inputKept(name: name, reason: "its output is not a regular file"), nil),
    (.textChanges(name: name, TextDifference(line: 5, original: "1.10", printed: "1.1")), nil),
  ]

  /// Cases with their names: those that carry nothing bring theirs.
  private static func labelled<E: Error>(_ errors: [(E, String?)]) -> [(any Error, name: String)] {
    errors.map { error, name in
      (error, "\(E.self).\(name ?? Mirror(reflecting: error).children.first?.label ?? "?")")
    }
  }

  /// What a user reads of an error: those of parts appear as errors of a file.
  private static func text(_ error: any Error) -> String {
    let shown: any Error =
      switch error {
      case let error as ByteIOError: CodecError.bytes(error, name: name)
      case let error as StreamError: CodecError.stream(error, name: name)
      case let error as ChunkError: CodecError.chunk(error, name: name, chunk: 3)
      case let error as FitError: CodecError.fit(error, name: name)
      case let error as CheckpointError: CodecError.fit(.checkpoint(error), name: name)
      default: error
      }
    return (shown as? any Advised)?.message ?? ""
  }

  /// The names of the cases that a source declares for an enum.
  private static func cases(of name: String, in file: String) throws -> Set<String> {
    let url = Fixtures.url("../Sources/\(file)").standardizedFileURL
    let source = try String(contentsOf: url, encoding: .utf8)
    let start = try #require(source.range(of: "enum \(name): Error"))
    let body = source[start.upperBound...].components(separatedBy: "\n}\n")[0]
    return Set(
      body.split(separator: "\n").filter { $0.hasPrefix("  case ") }.map { line in
        String(line.dropFirst(7).prefix { $0.isLetter || $0.isNumber })
      })
  }

  @Test("every case of every error has an example")
  func complete() throws {
    let listed = Set(Self.examples.map(\.name))
    for (name, file) in Self.declarations {
      let declared = try Self.cases(of: name, in: file)
      #expect(declared.count > 2)
      for label in declared where !listed.contains("\(name).\(label)") {
        Issue.record("\(name).\(label) has no example among messages")
      }
    }
  }

  @Test("every message is one line that names the file and says what to do, without a period at its end")
  func form() {
    // A pipe without readers has nobody to tell, and nobody cancels the program's work.
    let silent = ["ByteIOError.brokenPipe", "ByteIOError.cancelled"]
    for (error, name) in Self.examples where !silent.contains(name) {
      let text = Self.text(error)
      #expect(!text.contains { $0.isNewline } && !text.hasSuffix(".") && !text.isEmpty, "\(name): \(text)")
      #expect(text.contains("; "), "\(name) says no remedy: \(text)")
      let isNameless =
        text.hasPrefix("standard ") || text.contains("VAEC_KERNELS") || text.hasPrefix("data:")
        || text.hasPrefix("x.mat:")
      let isOfOutput = [
        "SampleIOError.cannotWrite", "SampleIOError.cannotHold", "SampleIOError.rowCountMismatch",
      ].contains(name)
      #expect(isNameless || isOfOutput || text.hasPrefix(Self.name + ": "), "\(name) names no file: \(text)")
    }
  }

  @Test("what the library says names no option and no command")
  func facts() {
    for (error, name) in Self.examples where !(error is CommandError) {
      let text = "\(error)"
      #expect(!text.contains(#/--[a-z]| -[a-z]\b|`vaec /#), "\(name): \(text)")
    }
  }

  @Test("messages are those that were approved")
  func approved() throws {
    let lines = Self.examples.map { "\($0.name)\t\(Self.text($0.0))\n" }.joined()
    let url = Fixtures.url("messages.txt")
    if ProcessInfo.processInfo.environment["VAEC_RENEW"] != nil {
      try Data(lines.utf8).write(to: url)
    }
    let approved = try String(contentsOf: url, encoding: .utf8)
    let known = Set(approved.split(separator: "\n"))
    for line in lines.split(separator: "\n") where !known.contains(line) {
      Issue.record("not approved: \(line)")
    }
    #expect(lines == approved)
  }
}
