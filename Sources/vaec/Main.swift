import ArgumentParser

/// The program: parses its arguments, runs a command, and exits with a status:
///
/// 0 on success, 1 if a file or its data is bad, 2 if a file needs too much memory, 3 if `check --fail-on-drift` finds
/// drift, 64 on a usage error.
@main
enum Program {
  static func main() {
    // Failed writes become errors instead of signals.
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

  /// A usage error on one line, with a pointer to the help.
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
