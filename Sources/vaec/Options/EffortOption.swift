import ArgumentParser
import VAECodec

/// The effort of the encoder.
struct EffortOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Effort of the encoder, from 0 (fastest) to 9 (fewest bits).",
      valueName: "0..9"),
    completion: .list(EncodeOptions.efforts.map(String.init)))
  var effort = EncodeOptions.standardEffort

  func validate() throws {
    guard EncodeOptions.efforts.contains(effort) else {
      throw ValidationError("--effort takes a number from 0 to 9.")
    }
  }
}
