import ArgumentParser

/// The words of the command line before they are parsed: habits of zstd, and mistakes that the parser has no clear words
/// for.
struct Invocation {
  /// What is to be parsed.
  private(set) var words: [String]

  /// - Throws: `ValidationError` where the words make no sense.
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

  /// The flags beside -d of a word such as -d or -df, which is zstd's way to decode; nil for any other word.
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

  /// Letters of short options, and those of them whose value may follow at once.
  private static let (shortOptions, joinedOptions) = (Set("mqocfkvTnhrV"), Set("qT"))

  /// Refuses a word that can only be the name of a file that begins with a dash: taken apart into short options, it would
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

  /// How many letters have to be put in, left out, changed or swapped with the next to make one word of another.
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
