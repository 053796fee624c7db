/// What the end of a file's name says about its content.
struct FileSuffix {
  enum Compression {
    case gzip
    case zstd
  }

  /// From .gz or .zst.
  let compression: Compression?
  /// From the suffix before it.
  let format: FormatName?

  init(of name: String) {
    var base = Substring(name.lowercased())
    if base.hasSuffix(".gz") {
      compression = .gzip
      base.removeLast(3)
    } else if base.hasSuffix(".zst") {
      compression = .zstd
      base.removeLast(4)
    } else {
      compression = nil
    }
    let parts = base.split(separator: ".", omittingEmptySubsequences: false)
    switch parts.count > 1 ? parts.last : nil {
    case "npy": format = .npy
    case "csv", "tsv", "txt": format = .csv
    case "fvecs": format = .fvecs
    case "bvecs": format = .bvecs
    case "ivecs": format = .ivecs
    case "raw", "bin": format = .raw
    case "idx": format = .idx
    default: format = Self.isIdx(base) ? .idx : nil
    }
  }

  /// Whether a name ends as the files of MNIST do: train-images-idx3-ubyte, labels.idx1-ubyte.
  private static func isIdx(_ name: Substring) -> Bool {
    let parts = name.split(whereSeparator: { $0 == "-" || $0 == "." })
    guard parts.count >= 2, parts[parts.count - 1].allSatisfy(\.isLetter) else { return false }
    let axes = parts[parts.count - 2]
    return axes.hasPrefix("idx") && Int(axes.dropFirst(3)) != nil
  }
}

extension FormatName {
  /// The format that the end of a file's name asks for, .gz and .zst aside; nil where it asks for none.
  public init?(suffixOf name: String) {
    guard let format = FileSuffix(of: name).format else { return nil }
    self = format
  }
}
