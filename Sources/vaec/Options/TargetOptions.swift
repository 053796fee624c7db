import ArgumentParser
import VAECodec

/// The quality, or a target that determines it.
struct TargetOptions: ParsableArguments {
  @Option(
    name: [.customShort("q", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Quality, from 0 (a sketch) to 100 (error below the data's noise).", valueName: "0..100"),
    transform: parseQuality)
  var quality: Double?

  @Option(
    help: ArgumentHelp("Use the lowest quality that reaches this PSNR, in dB.", valueName: "db"),
    transform: parsePositive)
  var psnr: Double?

  @Option(
    help: ArgumentHelp(
      "Use the highest quality that takes at most this many bits per sample.", valueName: "bits"),
    transform: parsePositive)
  var bits: Double?

  @Option(
    help: ArgumentHelp(
      "Use the highest quality whose stream takes at most this many bytes, such as 100kB or 5MiB.",
      valueName: "bytes"),
    transform: parseByteCount)
  var size: Int?

  @Option(
    name: .customLong("max-error"),
    help: ArgumentHelp(
      """
      Bound the error of every value, absolutely, relative to the value range (as in 1%; in a table, the range of \
      each column), or relative to the value itself (as in rel:1%). Columns may have their own bounds, as in \
      1%,temp=0.05,price=rel:0.1%,id=0.
      """, valueName: "[rel:]e[%][,column=e]..."),
    transform: parseBound)
  var maxError: ErrorBoundRequest?

  @Flag(help: "Reproduce every value exactly.")
  var lossless = false

  func validate() throws {
    let given = [
      ("-q", quality != nil), ("--psnr", psnr != nil), ("--bits", bits != nil), ("--size", size != nil),
      ("--max-error", maxError != nil), ("--lossless", lossless),
    ]
    .filter(\.1).map(\.0)
    guard given.count <= 1 else {
      throw ValidationError("\(given.joined(separator: " and ")) exclude each other.")
    }
  }

  /// Whether none of these options is given.
  var isEmpty: Bool {
    quality == nil && psnr == nil && bits == nil && size == nil && maxError == nil && !lossless
  }

  /// The bound on every value, if any.
  var errorBound: ErrorBoundRequest? { lossless ? .lossless : maxError }

  /// The target as the library takes it.
  var target: EncodeTarget {
    if let psnr { return .psnr(psnr) }
    if let bits { return .bitsPerSample(bits) }
    if let size { return .bytes(size) }
    return .quality(quality ?? 60)
  }
}

private func parseBound(_ text: String) throws -> ErrorBoundRequest {
  if let bound = ErrorBoundRequest(text: text) { return bound }
  let first = text.prefix { $0 != "," }
  guard ColumnErrors.Bound(text: String(first)) != nil else {
    throw ValidationError(
      """
      give a nonnegative number, as in 0.01, a percentage of the value range, as in 1%, or a share of each value below \
      100%, as in rel:1%.
      """)
  }
  throw ValidationError("give a column and its bound after each comma, as in temp=0.05 or 3=1%.")
}

private func parsePositive(_ text: String) throws -> Double {
  guard let number = Double(text), number > 0, number < 1e12 else {
    throw ValidationError("give a number above 0.")
  }
  return number
}
