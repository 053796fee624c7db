/// What a file's suffix says about its content.
package struct FileSuffix {
  enum Compression {
    case gzip
    case zstd
  }

  /// The compression, by .gz or .zst.
  let compression: Compression?
  /// The last suffix, in lower case and without its dot, and the one before .gz or .zst; nil if there is none.
  package let (last, inner): (String?, String?)
  /// The format, by the suffix before that of the compression.
  package let format: FormatName?

  /// Splits a file name into its suffixes.
  package init(of name: String) {
    let base = name.lowercased().split(separator: "/").last ?? ""
    let parts = base.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    func suffix(_ fromEnd: Int) -> String? { parts.count > fromEnd ? parts[parts.count - fromEnd] : nil }
    last = suffix(1)
    compression =
      switch last {
      case "gz": .gzip
      case "zst": .zstd
      default: nil
      }
    inner = compression == nil ? nil : suffix(2)
    switch compression == nil ? last : inner {
    case "npy": format = .npy
    case "npz": format = .npz
    case "csv", "tsv", "txt": format = .csv
    case "fvecs": format = .fvecs
    case "bvecs": format = .bvecs
    case "ivecs": format = .ivecs
    case "raw", "bin": format = .raw
    case "idx": format = .idx
    default: format = Self.isIdx(base.dropLast(compression == nil ? 0 : (last?.count ?? 0) + 1)) ? .idx : nil
    }
  }

  /// Whether a name ends as those of the MNIST files: train-images-idx3-ubyte, labels.idx1-ubyte.
  private static func isIdx(_ name: Substring) -> Bool {
    let parts = name.split(whereSeparator: { $0 == "-" || $0 == "." })
    guard parts.count >= 2, parts[parts.count - 1].allSatisfy(\.isLetter) else { return false }
    let axes = parts[parts.count - 2]
    return axes.hasPrefix("idx") && Int(axes.dropFirst(3)) != nil
  }
}

extension FormatName {
  /// The format of a file name's suffix, ignoring .gz and .zst; nil if it names none.
  public init?(suffixOf name: String) {
    guard let format = FileSuffix(of: name).format else { return nil }
    self = format
  }
}
