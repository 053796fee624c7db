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
      "No value is off by more than this, or than this share of the values' range, as 1%.", valueName: "e|e%"),
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
  let isShare = text.hasSuffix("%")
  guard let number = Double(isShare ? String(text.dropLast()) : text), ErrorBound.bounds.contains(number)
  else {
    throw ValidationError("say a number from 0 on, as 0.01, or a share of the values' range, as 1%.")
  }
  return isShare ? .maxErrorOfRange(number / 100) : .maxError(number)
}

private func parsePositive(_ text: String) throws -> Double {
  guard let number = Double(text), number > 0, number < 1e12 else {
    throw ValidationError("say a number above 0.")
  }
  return number
}
