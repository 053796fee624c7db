import ArgumentParser

@main
struct VaecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "vaec")
}
