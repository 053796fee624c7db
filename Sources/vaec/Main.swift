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
      var command = try VaecCommand.parseAsRoot(Terminal.arguments)
      try command.run()
    } catch {
      end(with: error)
    }
  }

  private static func end(with error: any Error) -> Never {
    if let failure = Failure(error) {
      if let text = failure.text { Console().problem(text) }
      VaecCommand.exit(withError: ExitCode(failure.exitCode))
    }
    let code = VaecCommand.exitCode(for: error)
    if code == .success || error is ExitCode { VaecCommand.exit(withError: error) }
    let message = VaecCommand.fullMessage(for: error)
    let prefix = "Error: "
    Console().usage(message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message)
    VaecCommand.exit(withError: code)
  }
}
