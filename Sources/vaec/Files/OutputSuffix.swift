import Records

/// Checks that the suffix of an output matches what is written.
enum OutputSuffix {
  /// The content of an output.
  enum Content {
    case samples
    case stream
    case model
    case page
    case table
  }

  /// Throws if the suffix of an output contradicts its content. Unknown suffixes are fine.
  static func check(_ path: String, holds content: Content) throws(CommandError) {
    let suffix = FileSuffix(of: path)
    guard let last = suffix.last else { return }
    let inner = suffix.inner
    let (isWrong, written) =
      switch content {
      case .samples:
        (
          [last, inner].contains { $0.map { foreign.contains($0) || own.contains($0) } ?? false },
          "samples can be npy, npz, csv, tsv, txt, idx, raw, fvecs, bvecs or ivecs, plain, .gz or .zst"
        )
      case .stream:
        // A stream is also a zstd file, but not of samples.
        (
          last != "vaec" && isKnown(last) && !(last == "zst" && !isKnown(inner)),
          "a stream is always .vaec"
        )
      case .model: (last != "vae" && isKnown(last), "a model is always .vae")
      case .table:
        (isKnown(last) && FormatName(suffixOf: "." + last) != .csv, "the list of rows is always plain CSV")
      case .page: (last != "txt" && isKnown(last), "a report is always HTML")
      }
    if isWrong {
      throw .suffixNotWritten(name: path, suffix: inner.map { "\($0).\(last)" } ?? last, written: written)
    }
  }

  private static func isKnown(_ suffix: String?) -> Bool {
    guard let suffix else { return false }
    return foreign.contains(suffix) || own.contains(suffix) || ["gz", "zst"].contains(suffix)
      || FormatName(suffixOf: "." + suffix).map { $0 != .raw } ?? false
  }

  private static let own: Set<String> = ["vaec", "vae"]
  private static let foreign: Set<String> = [
    "xls", "xlsx", "ods", "json", "jsonl", "parquet", "feather", "arrow", "orc", "avro", "h5", "hdf",
    "hdf5",
    "nc", "cdf", "mat", "pkl", "pickle", "zarr", "fits", "nii", "grib", "sqlite", "wav", "flac", "mp3", "png",
    "jpg",
    "jpeg", "gif", "tif", "tiff", "bmp", "webp", "pdf", "zip", "tar", "tgz", "7z", "rar", "bz2", "xz", "lz4",
    "lzma",
    "br",
  ]
}
