/// What a file is, by its first bytes, where a format's magic says so: for messages about files that hold something else than
/// samples in a format that is read.
///
/// The magics are those of the formats' own documents, or of file(1). What numbers could be by chance (two bytes), or a
/// column's name (four letters and nothing more), is left out.
public struct RecognizedFile: Equatable, Sendable {
  /// What matters of it to a reader of samples.
  public enum Content: Equatable, Sendable {
    /// Samples, plain or compressed, that are read as they are.
    case npy, gzip, zstd
    /// Made by this program.
    case model, stream
    /// Anything else.
    case foreign
  }

  /// What matters of it to a reader of samples.
  public let content: Content
  /// What it is, with an article: "a NetCDF file".
  public let kind: String
  /// What to do to have its samples read; empty where they are.
  public let remedy: String

  /// Bytes of a file that are enough to recognize it.
  public static let prefixSize = 512

  /// What a file is that begins with `prefix`; nil where no magic says so, as for text, IDX and raw values.
  ///
  /// - Parameter prefix: ``prefixSize`` bytes or more; with fewer, less is recognized.
  public init?(_ prefix: ArraySlice<UInt8>) {
    guard let entry = Self.magics.first(where: { $0.matches(prefix) }) else { return nil }
    self.init(content: entry.content, kind: entry.kind, remedy: entry.remedy)
  }

  private init(content: Content, kind: String, remedy: String) {
    self.content = content
    self.kind = kind
    self.remedy = remedy
  }

  /// Whether samples are read from it.
  public var isReadable: Bool {
    switch content {
    case .npy, .gzip, .zstd: true
    case .model, .stream, .foreign: false
    }
  }
}

/// A magic: bytes at places, and what they stand for.
private struct Magic: Sendable {
  let parts: [(offset: Int, bytes: [UInt8])]
  let content: RecognizedFile.Content
  let kind: String
  let remedy: String

  /// - Parameters:
  ///   - magic: the bytes at the beginning, or at `offset`.
  ///   - other: further bytes that have to be there.
  init(
    _ magic: [UInt8], at offset: Int = 0, and other: (offset: Int, bytes: [UInt8])? = nil,
    content: RecognizedFile.Content = .foreign, _ kind: String, _ remedy: String = ""
  ) {
    parts = [(offset, magic)] + [other].compactMap { $0 }
    self.content = content
    self.kind = kind
    self.remedy = remedy
  }

  func matches(_ prefix: ArraySlice<UInt8>) -> Bool {
    parts.allSatisfy { prefix.dropFirst($0.offset).starts(with: $0.bytes) }
  }
}

extension RecognizedFile {
  /// The first that matches holds.
  private static let magics: [Magic] = own + arrays + compressed + media + others

  private static let own = [
    Magic([0x93] + text("NUMPY"), content: .npy, "a NumPy array"),
    Magic(text("VAEM"), content: .model, "a vaec model", "pass it with -m, and name data to read"),
    Magic(text("VAEC"), content: .stream, "a vaec stream", decode),
    Magic([0x57] + skippable, and: (8, text("VAEC")), content: .stream, "a vaec stream", decode),
    Magic([0x56] + skippable, and: (8, text("VAEM")), content: .stream, "a vaec stream", decode),
    Magic([0x1F, 0x8B], content: .gzip, "a gzip file"),
    Magic([0x28, 0xB5, 0x2F, 0xFD], content: .zstd, "a zstd file"),
  ]

  private static let arrays = [
    Magic(
      [0x89] + text("HDF\r\n\u{1A}\n"), "an HDF5 (or NetCDF-4) file", python("h5py.File(FILE)[NAME][()]")),
    Magic(text("CDF\u{1}"), "a NetCDF file", netCDF), Magic(text("CDF\u{2}"), "a NetCDF file", netCDF),
    Magic(text("CDF\u{5}"), "a NetCDF file", netCDF),
    Magic(text("PAR1\u{15}"), "a Parquet file", table("pyarrow.parquet.read_table(FILE)")),
    Magic(text("ARROW1\0\0"), "an Arrow (Feather) file", table("pyarrow.feather.read_table(FILE)")),
    Magic(text("MATLAB 7.3 MAT-file"), "a MATLAB file", python("h5py.File(FILE)[NAME][()]")),
    Magic(text("MATLAB 5.0 MAT-file"), "a MATLAB file", python("scipy.io.loadmat(FILE)[NAME]")),
    Magic([0x80, 0x02, 0x63], "a Python pickle", pickle),
    Magic([0x80, 0x03, 0x63], "a Python pickle", pickle),
    Magic([0x80, 0x04, 0x95], "a Python pickle", pickle),
    Magic([0x80, 0x05, 0x95], "a Python pickle", pickle),
    Magic(text("SIMPLE  ="), "a FITS file", python("astropy.io.fits.getdata(FILE)")),
    Magic(text("n+1\0"), at: 344, "a NIfTI file", python("nibabel.load(FILE).get_fdata()")),
    Magic(text("GRIB"), and: (7, [1]), "a GRIB file", grib),
    Magic(text("GRIB"), and: (7, [2]), "a GRIB file", grib),
    Magic(text("SQLite format 3\0"), "an SQLite database", "write the query's result as CSV (sqlite3 -csv)"),
  ]

  private static let compressed = [
    Magic(
      text("PK\u{3}\u{4}"), and: (30, text("[Content_Types]")), "an Office document", "save the sheet as CSV"),
    Magic(text("PK\u{3}\u{4}"), "a zip archive (or npz)", unpack + "; of an npz, numpy.load(FILE)[NAME]"),
    Magic(text("PK\u{5}\u{6}"), "an empty zip archive", "get the file again"),
    Magic(
      text("BZh"), and: (4, [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]), "a bzip2 file",
      "decompress it first: bzip2 -dk"),
    Magic([0xFD] + text("7zXZ\0"), "an xz file", "decompress it first: xz -dk"),
    Magic([0x04, 0x22, 0x4D, 0x18], "an lz4 file", "decompress it first: lz4 -dk"),
    Magic(text("7z") + [0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive", unpack),
    Magic(text("ustar"), at: 257, "a tar archive", unpack),
    Magic(
      [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an old Office document", "save the sheet as CSV"),
  ]

  private static let media = [
    Magic(text("RIFF"), and: (8, text("WAVE")), "a WAV file", sound),
    Magic(text("RF64"), and: (8, text("WAVE")), "a WAV file", sound),
    Magic(text("fLaC\0"), "a FLAC file", sound),
    Magic([0x89] + text("PNG\r\n\u{1A}\n"), "a PNG image", image),
    Magic([0xFF, 0xD8, 0xFF], "a JPEG image", image),
    Magic(text("GIF8"), "a GIF image", image),
    Magic(text("RIFF"), and: (8, text("WEBP")), "a WebP image", image),
    Magic(text("II*\0"), "a TIFF image", python("tifffile.imread(FILE)")),
    Magic(text("MM\0*"), "a TIFF image", python("tifffile.imread(FILE)")),
  ]

  private static let others = [
    Magic(text("%PDF-"), "a PDF document", "it holds no samples"),
    Magic([0x7F] + text("ELF"), "a program", "it holds no samples"),
  ]

  private static let skippable: [UInt8] = [0x2A, 0x4D, 0x18]
  private static let decode = "decode it first: vaec decode"
  private static let unpack = "unpack it first, and name the file in it"
  private static let netCDF = python("xarray.open_dataset(FILE)[NAME]")
  private static let grib = python("xarray.open_dataset(FILE, engine='cfgrib')[NAME]")
  private static let sound = python("soundfile.read(FILE)[0]")
  private static let image = python("[PIL.Image.open(f) for f in FILES]")
  private static let pickle = python("numpy.load(FILE, allow_pickle=True)")

  private static func python(_ expression: String) -> String {
    "save its array as .npy first (Python: numpy.save('x.npy', \(expression)))"
  }

  private static func table(_ expression: String) -> String {
    "save it as CSV first (Python: \(expression).to_pandas().to_csv('x.csv', index=False))"
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
}
