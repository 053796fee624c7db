import ArgumentParser
import ByteIO
import VAECodec

/// Limits for untrusted files.
struct LimitOptions: ParsableArguments {
  @Option(
    name: .customLong("memory"),
    help: ArgumentHelp(
      "Memory limit for the content of a file, such as 512M or 4G. Files that need more are refused. "
        + "(default: 1G)",
      valueName: "bytes"),
    transform: parseByteCount)
  private var bytes: Int = MemoryLimit.standard.bytes

  /// The limit as the library takes it.
  var memory: MemoryLimit { MemoryLimit(bytes: bytes) }

  func validate() throws {
    guard bytes >= Self.least else { throw ValidationError("--memory takes at least 1M.") }
  }

  private static let least = 1 << 20
}
