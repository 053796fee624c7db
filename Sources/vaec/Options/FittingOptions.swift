import ArgumentParser
import ByteIO
import VAECodec

/// Options of a fit.
struct FittingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Number of latents to start with; those that do not pay are dropped. auto derives it from the data.",
      valueName: "auto|k"),
    transform: parseLatents)
  var latents: Latents = .auto

  @Option(
    help: ArgumentHelp("Widths of the encoder's hidden layers, such as 512,512.", valueName: "widths"),
    transform: parseWidths)
  var hidden: [Int]?

  @Option(help: ArgumentHelp("Number of passes over the data.", valueName: "n"))
  var epochs: Int?

  @Option(
    help: ArgumentHelp("Time of the whole fit, such as 60s, 5m or 1h.", valueName: "time"),
    transform: parseDuration)
  var time: Double?

  @Option(
    help: ArgumentHelp(
      "One scale for all values, or one for each column of a table. auto derives it from the data.",
      valueName: "auto|common|column"))
  var scale = ScaleChoice.automatic

  @Option(help: ArgumentHelp("Fraction of rows to hold out.", valueName: "share"))
  var holdout = 0.1

  @Option(help: ArgumentHelp("Random seed; equal seeds give equal models.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Memory for samples, such as 512MiB or 4GB; larger data are sampled. (default: 1GiB)",
      valueName: "bytes"),
    transform: parseByteCount)
  var memory: Int = 1 << 30

  /// The memory limit for reading. Larger data can be sampled, but not if they must be read whole.
  var readingMemory: MemoryLimit { MemoryLimit(bytes: max(memory, MemoryLimit.standard.bytes)) }

  /// The number of latents.
  enum Latents: Equatable {
    case auto
    case count(Int)
  }

  func validate() throws {
    if epochs != nil, time != nil { throw ValidationError("--epochs and --time exclude each other.") }
    if let epochs, !(1...1_000_000).contains(epochs) {
      throw ValidationError("--epochs takes a number from 1 to 1000000.")
    }
    guard holdout > 0, holdout <= 0.5 else {
      throw ValidationError("--holdout takes a fraction above 0, up to 0.5.")
    }
  }

  /// The options as the library takes them.
  var options: FitOptions {
    var options = FitOptions()
    if case .count(let count) = latents { options.latents = count }
    options.hidden = hidden
    options.epochs = epochs
    options.seconds = time
    options.scale = scale
    options.holdout = holdout
    options.seed = seed
    return options
  }
}

private func parseLatents(_ text: String) throws -> FittingOptions.Latents {
  if text == "auto" { return .auto }
  guard let count = Int(text), (1...65536).contains(count) else {
    throw ValidationError("give auto or a number from 1 to 65536.")
  }
  return .count(count)
}

private func parseWidths(_ text: String) throws -> [Int] {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false)
  let widths = parts.compactMap { Int($0) }.filter { (1...16384).contains($0) }
  guard widths.count == parts.count, widths.count <= 8 else {
    throw ValidationError("give up to 8 numbers from 1 to 16384, as in 512,512.")
  }
  return widths
}

/// A number and its unit; nil if it is not a number.
private func split(_ text: String) -> (number: Double, unit: String)? {
  let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
  guard let number = Double(digits), number > 0 else { return nil }
  return (number, text.dropFirst(digits.count).lowercased())
}

private func parseDuration(_ text: String) throws -> Double {
  let units = ["": 1.0, "s": 1, "m": 60, "min": 60, "h": 3600]
  guard let (number, unit) = split(text), let factor = units[unit], number * factor < 1e9 else {
    throw ValidationError("give a time such as 60s, 5m or 1h.")
  }
  return number * factor
}

/// Bytes: 512MiB, 4GB or 1000000.
func parseByteCount(_ text: String) throws -> Int {
  let units = [
    "": 1.0, "b": 1, "k": 1024, "kib": 1024, "m": 1_048_576, "mib": 1_048_576, "g": 1_073_741_824,
    "gib": 1_073_741_824, "tib": 1_099_511_627_776, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
  ]
  guard let (number, unit) = split(text), let factor = units[unit], number * factor >= 1,
    number * factor < 1e18
  else { throw ValidationError("give a number of bytes such as 512MiB, 4GB or 1000000.") }
  return Int(number * factor)
}

extension ScaleChoice: ExpressibleByArgument {}
