import ArgumentParser
import VAECodec

/// The quality to encode at, or what to find it for.
struct TargetOptions: ParsableArguments {
  @Option(
    name: [.customShort("q", allowingJoined: true), .long],
    help: ArgumentHelp("0 (a sketch) to 100 (below the data's noise).", valueName: "0..100"),
    transform: parseQuality)
  var quality: Double?

  @Option(
    help: ArgumentHelp("The lowest quality that reaches this PSNR, in dB.", valueName: "db"),
    transform: parsePositive)
  var psnr: Double?

  @Option(
    help: ArgumentHelp("The highest quality that takes at most so many bits a sample.", valueName: "bits"),
    transform: parsePositive)
  var bits: Double?

  @Option(
    help: ArgumentHelp(
      "The highest quality whose stream takes at most so many bytes, as 100kB or 5MiB.", valueName: "bytes"),
    transform: parseByteCount)
  var size: Int?

  @Option(
    name: .customLong("max-error"),
    help: ArgumentHelp(
      """
      No value is off by more than this, or than this share of the values' range, as 1% (of a table, of each column's \
      range). Columns may have bounds of their own, as 1%,temp=0.05,id=0.
      """, valueName: "e|e%[,column=e]..."),
    transform: parseBound)
  var maxError: ErrorBoundRequest?

  @Flag(help: "Every value comes back exactly.")
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

  /// Whether none of them is given.
  var isEmpty: Bool {
    quality == nil && psnr == nil && bits == nil && size == nil && maxError == nil && !lossless
  }

  /// What is to hold of every value, if anything is.
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
  let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  guard let all = parts.first.flatMap(bound) else {
    throw ValidationError("say a number from 0 on, as 0.01, or a share of the values' range, as 1%.")
  }
  var named: [(column: String, bound: ColumnErrors.Bound)] = []
  for part in parts.dropFirst() {
    // A name may hold the sign itself.
    guard let sign = part.lastIndex(of: "="), sign > part.startIndex,
      let bound = bound(String(part[part.index(after: sign)...]))
    else { throw ValidationError("say a column and its bound, as temp=0.05 or 3=1%, after each comma.") }
    named.append((String(part[..<sign]), bound))
  }
  if !named.isEmpty { return .byColumn(ColumnErrors(all: all, named: named)) }
  return switch all {
  case .error(let bound): .maxError(bound)
  case .ofRange(let share): .maxErrorOfRange(share)
  }
}

/// A bound: 0.01, or 1%; nil for anything else.
private func bound(_ text: String) -> ColumnErrors.Bound? {
  let isShare = text.hasSuffix("%")
  guard let number = Double(isShare ? String(text.dropLast()) : text), ErrorBound.bounds.contains(number)
  else { return nil }
  return isShare ? .ofRange(number / 100) : .error(number)
}

private func parsePositive(_ text: String) throws -> Double {
  guard let number = Double(text), number > 0, number < 1e12 else {
    throw ValidationError("say a number above 0.")
  }
  return number
}
