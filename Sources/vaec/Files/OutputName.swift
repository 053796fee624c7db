import Records

/// Derives the names of outputs from inputs.
enum OutputName {
  /// The suffix of streams.
  static let suffix = ".vaec"

  /// The name of the stream for a file.
  static func stream(for path: String) -> String { path + suffix }

  /// The name of the samples in a stream: without .vaec, and with the suffix of `format` where the samples
  /// are to have another format than that of their name.
  static func samples(for path: String, format: FormatName?) throws(CommandError) -> String {
    guard path.hasSuffix(suffix), path.split(separator: "/").last != Substring(suffix) else {
      throw .noOutputName(path)
    }
    let name = String(path.dropLast(suffix.count))
    guard let format, Self.format(of: name) != format else { return name }
    return "\(stem(of: name)).\(format.rawValue)"
  }

  /// The format of a suffix, ignoring a compression suffix.
  static func format(of name: String) -> FormatName? {
    guard let suffix = suffixes(of: name).format else { return nil }
    switch suffix {
    case "csv", "tsv", "txt": return .csv
    case "raw", "bin": return .raw
    default: return FormatName(rawValue: suffix)
    }
  }

  /// Whether a name indicates text with tabs.
  static func standsForTabs(_ name: String) -> Bool { suffixes(of: name).format == "tsv" }

  private static let formats: Set<String> = [
    "npy", "npz", "idx", "csv", "tsv", "txt", "raw", "bin", "fvecs", "bvecs", "ivecs",
  ]

  /// A name without format and compression suffixes.
  private static func stem(of name: String) -> String {
    let found = suffixes(of: name)
    let length = [found.format, found.compression].compactMap { $0 }.reduce(0) { $0 + $1.count + 1 }
    return String(name.dropLast(length))
  }

  private static func suffixes(of name: String) -> (format: String?, compression: String?) {
    var parts = name.split(separator: "/").last?.lowercased().split(separator: ".") ?? []
    var compression: String?
    if let last = parts.last, parts.count > 1, last == "gz" || last == "zst" {
      compression = String(last)
      parts.removeLast()
    }
    guard parts.count > 1, let last = parts.last.map(String.init), formats.contains(last) else {
      return (nil, compression)
    }
    return (last, compression)
  }
}
