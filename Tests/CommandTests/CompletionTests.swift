import Foundation
import Testing

/// What shells offer when one presses Tab: each is asked itself, where it is installed.
@Suite("completions")
struct CompletionTests {
  /// A line as far as it is typed, what has to be offered then, and what must not be.
  struct Line: CustomTestStringConvertible, Sendable {
    var typed: String
    var offered: String
    var other: String?

    var testDescription: String { typed }
  }

  static let lines = [
    Line(typed: "vaec en", offered: "encode", other: "embed"),
    Line(typed: "vaec encode --max", offered: "--max-error", other: "--lossless"),
    Line(typed: "vaec fit --obj", offered: "--objective"),
    Line(typed: "vaec fit --objective e", offered: "elbo", other: "rate-distortion"),
    Line(typed: "vaec fit --likelihood b", offered: "bernoulli", other: "gaussian"),
    Line(typed: "vaec pack --effort ", offered: "9", other: "10"),
    Line(typed: "vaec decode --to c", offered: "csv", other: "npy"),
    Line(typed: "vaec encode -m ", offered: "one.vae", other: "other.txt"),
    Line(typed: "vaec test ", offered: "one.vaec", other: "other.txt"),
    Line(typed: "vaec info o", offered: "one.vae"),
  ]

  /// A directory with some files, and the completions for a shell under the name that it looks for.
  private func scratch(_ shell: String) throws -> Scratch {
    let outcome = try Program.run(["--generate-completion-script", shell])
    #expect(outcome.code == 0 && !outcome.output.isEmpty)
    let scratch = try Scratch()
    try scratch.write(outcome.output, to: shell == "zsh" ? "_vaec" : "completions")
    for name in ["one.vae", "one.vaec", "other.txt"] { try scratch.write([], to: name) }
    return scratch
  }

  /// The shells that are installed: the others are in the last line of `make test`.
  private static let installed = ["bash", "zsh", "fish"].filter { Program.isInstalled($0) }

  @Test("scripts are in order for the shells that read them", arguments: installed)
  func syntax(shell: String) throws {
    let scratch = try scratch(shell)
    let outcome = try Program.shell("\(shell) -n \(shell == "zsh" ? "_vaec" : "completions")", in: scratch)
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
  }

  @Test("bash completes commands, options, values and files", arguments: lines)
  func bash(line: Line) throws {
    let outcome = try Program.shell(
      """
      . ./completions
      COMP_LINE='\(line.typed)'; COMP_POINT=${#COMP_LINE}
      read -ra COMP_WORDS <<< "$COMP_LINE"
      case "$COMP_LINE" in *' ') COMP_WORDS+=('');; esac
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _vaec vaec "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
      printf '%s\\n' "${COMPREPLY[@]}"
      """, in: scratch("bash"))
    expect(outcome.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }, for: line)
  }

  @Test(
    "fish completes commands, options, values and files", .enabled(if: installed.contains("fish")),
    arguments: lines)
  func fish(line: Line) throws {
    let scratch = try scratch("fish")
    let outcome = try Program.shell(
      "HOME=$PWD XDG_CONFIG_HOME=$PWD fish --no-config -c 'source completions; complete -C \"\(line.typed)\"'",
      in: scratch)
    // A completion and its description are a tab apart.
    expect(
      outcome.text.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) },
      for: line)
  }

  @Test(
    "zsh completes commands, options, values and files", .enabled(if: installed.contains("zsh")),
    arguments: lines)
  func zsh(line: Line) throws {
    let scratch = try scratch("zsh")
    try scratch.write(Array(Self.zshDriver.utf8), to: "drive.zsh")
    let outcome = try Program.shell("zsh -f drive.zsh '\(line.typed)'", in: scratch)
    expect(outcome.text.split(whereSeparator: \.isWhitespace).map(String.init), for: line)
  }

  private func expect(_ offered: [String], for line: Line) {
    #expect(offered.contains(line.offered), "\(offered)")
    if let other = line.other { #expect(!offered.contains(other), "\(offered)") }
  }

  /// Asks zsh's completion system, which works in an interactive shell alone: a line is typed into one, and what the
  /// system is given to choose from is written to a file.
  private static let zshDriver = #"""
    zmodload zsh/zpty
    zpty -b shell zsh -f -i
    zpty -w shell 'PS1= RPS1=; stty -echo; fpath=($PWD $fpath); autoload -Uz compinit; compinit -D -u'
    zpty -w shell 'compadd() { builtin compadd -O found "$@"; print -rl -- $found >> offered; builtin compadd "$@" }'
    zpty -w shell 'finish() { : > done }; zle -N finish; bindkey "^X" finish; : > ready'
    for i in {1..400}; do [[ -e ready ]] && break; sleep 0.05; done
    zpty -w -n shell "$1"$'\t\x18'
    for i in {1..400}; do [[ -e done ]] && break; zpty -r -t shell ignored; sleep 0.05; done
    cat offered
    """#
}
