import ArgumentParser

/// The arguments before parsing: translates conventions of zstd, and catches mistakes that the parser does not
/// explain well.
struct Invocation {
  /// The arguments to parse.
  private(set) var words: [String]

  /// - Throws: `ValidationError` on a usage error.
  init(_ words: [String], commands: [String]) throws {
    self.words = words
    guard let first = words.first else { return }
    if let flags = Self.decodingFlags(first) {
      self.words = ["decode"] + flags + words.dropFirst()
    } else if first == "help" {
      if words.count > 1 { try Self.check(words[1], commands) }
    } else if !first.hasPrefix("-") {
      try Self.check(first, commands)
    }
    try refuseNamesAsOptions()
  }

  /// The other flags of an argument such as -d or -df, as zstd spells decoding; nil for any other argument.
  private static func decodingFlags(_ word: String) -> [String]? {
    guard word.hasPrefix("-d"), word.dropFirst(2).allSatisfy("cfkv".contains) else { return nil }
    return word.count == 2 ? [] : ["-" + word.dropFirst(2)]
  }

  /// Refuses a command that does not exist.
  private static func check(_ word: String, _ commands: [String]) throws {
    guard !commands.contains(word), word != "help", !word.hasPrefix("-") else { return }
    let nearest = commands.min { distance($0, word) < distance($1, word) } ?? ""
    let isNear = distance(nearest, word) <= max(1, word.count / 3)
    throw ValidationError(
      "\(word): no such command; \(isNear ? "did you mean \(nearest)? See" : "see") `vaec --help`")
  }

  /// Letters of short options, and of those whose value may follow immediately.
  private static let (shortOptions, joinedOptions) = (Set("mqocfkvTnhrV"), Set("qT"))

  /// Refuses an argument that can only be a file name beginning with a dash. Split into short options, it would
  /// mean something else.
  private func refuseNamesAsOptions() throws {
    for word in words.prefix(while: { $0 != "--" }) {
      let letters = word.dropFirst()
      guard word.hasPrefix("-"), letters.count > 1, let first = letters.first, first != "-", first.isLetter
      else {
        continue
      }
      if Self.joinedOptions.contains(first), letters.dropFirst().allSatisfy({ "0123456789.=-".contains($0) })
      {
        continue
      }
      if letters.allSatisfy(Self.shortOptions.contains) { continue }
      throw ValidationError(
        "\(word): no such option; a file whose name begins with a dash comes after --, as in `-- \(word)`")
    }
  }

  /// The number of insertions, deletions, substitutions and swaps that turn one word into the other.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var rows = [Array(0...b.count)]
    for i in 1...max(1, a.count) where i <= a.count {
      var row = [i]
      for j in 1...max(1, b.count) where j <= b.count {
        var best = min(
          rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          best = min(best, rows[i - 2][j - 2] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
