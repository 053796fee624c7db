import ArgumentParser
import ByteIO
import VAECodec

/// Options that all commands share.
struct GeneralOptions: ParsableArguments {
  @Option(
    name: [.customShort("T", allowingJoined: true), .long],
    help: ArgumentHelp("Number of threads; 0 for one per processor.", valueName: "n"))
  var threads = 0

  @Flag(help: "Print only errors and requested results.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Print more.")
  var verbose = false

  @Flag(help: "Print the result as one JSON object on standard output.")
  var json = false

  func validate() throws {
    guard (0...1024).contains(threads) else {
      throw ValidationError("--threads takes a number from 0 to 1024.")
    }
  }

  /// The console for messages.
  var console: Console { Console(isQuiet: quiet, isVerbose: verbose) }

  /// The codec with the requested number of threads.
  ///
  /// - Parameters:
  ///   - memory: the memory limit for the content of a file.
  ///   - work: the limit on the arithmetic of decoding one.
  func codec(
    memory: MemoryLimit = .standard, work: WorkLimit = .standard
  ) throws(CodecError) -> Codec {
    let variable = "VAEC_KERNELS"
    let forced = Terminal.environment(variable).map { [variable: $0] } ?? [:]
    return try Codec(
      threads: threads == 0 ? Terminal.processors : threads, memory: memory, work: work,
      environment: forced)
  }
}
