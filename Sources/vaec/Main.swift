import ArgumentParser

/// The program: parses its arguments, runs a command, and ends with the exit code that the outcome stands
/// for.
///
/// 0 for done, 1 where data or a file is at fault, 2 where a file asks for too much memory, 64 for wrong usage.
@main
enum Program {
  static func main() {
    // Who writes where nothing can be written gets an error instead of a signal.
    Terminal.ignoreFailedWrites()
    EndingSignals.watch()
    do {
      let names = VaecCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
      var command = try VaecCommand.parseAsRoot(try Invocation(Terminal.arguments, commands: names).words)
      try command.run()
    } catch {
      end(with: error)
    }
  }

  /// A message about wrong usage, on one line that says where right usage is explained.
  private static func usage(_ message: String) -> String {
    var text = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    if text.hasSuffix(".") { text.removeLast() }
    if text.contains("--help`") { return text }
    let names = VaecCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    let command =
      CommandLine.arguments.dropFirst().first.flatMap { names.contains($0) ? "\($0) " : nil } ?? ""
    return "\(text); see `vaec \(command)--help`"
  }

  private static func end(with error: any Error) -> Never {
    if let failure = Failure(error) {
      if let text = failure.text { Console().problem(text) }
      VaecCommand.exit(withError: ExitCode(failure.exitCode))
    }
    let code = VaecCommand.exitCode(for: error)
    if code == .success || error is ExitCode { VaecCommand.exit(withError: error) }
    Console().problem(usage(VaecCommand.message(for: error)))
    VaecCommand.exit(withError: code)
  }
}
