import ArgumentParser
import VAECodec

/// The limit on the arithmetic of decoding.
struct WorkOption: ParsableArguments {
  static let trillion = 1_000_000_000_000

  @Option(
    name: .customLong("work"),
    help: ArgumentHelp(
      "Limit on the arithmetic that decoding a file may take, in trillions of operations. Files that need more are "
        + "refused. (default: 8, and more for each byte)",
      valueName: "trillions"))
  private var trillions: Int?

  /// The limit as the library takes it.
  var limit: WorkLimit {
    guard let trillions else { return .standard }
    let (operations, overflow) = trillions.multipliedReportingOverflow(by: Self.trillion)
    return overflow ? .unlimited : WorkLimit(operations: operations)
  }

  func validate() throws {
    if let trillions, trillions < 1 { throw ValidationError("--work takes at least 1.") }
  }
}
