/// The kind of a file by its first bytes, for messages about files that hold something other than
/// samples in a supported format.
///
/// The magic numbers are those of the formats' specifications or of file(1). Magic numbers that numeric data could
/// contain by chance (two bytes), or that could be a column name (four letters alone), are left out.
public enum RecognizedFile: String, Sendable {
  // Samples, plain or compressed, that can be read.
  case npy = "a NumPy array"
  case npz = "a NumPy archive"
  case gzip = "a gzip file"
  case zstd = "a zstd file"
  // Made by this program.
  case model = "a vaec model"
  case stream = "a vaec stream"
  // Anything else.
  case hdf5 = "an HDF5 (or NetCDF-4) file"
  case netCDF = "a NetCDF file"
  case parquet = "a Parquet file"
  case arrow = "an Arrow (Feather) file"
  case matlab73 = "a MATLAB 7.3 file"
  case matlab = "a MATLAB file"
  case pickle = "a Python pickle"
  case fits = "a FITS file"
  case nifti = "a NIfTI file"
  case grib = "a GRIB file"
  case sqlite = "an SQLite database"
  case office = "an Office document"
  case oldOffice = "an old Office document"
  case zip = "a zip archive"
  case emptyZip = "an empty zip archive"
  case bzip2 = "a bzip2 file"
  case xz = "an xz file"
  case lz4 = "an lz4 file"
  case sevenZip = "a 7-Zip archive"
  case tar = "a tar archive"
  case wav = "a WAV file"
  case flac = "a FLAC file"
  case png = "a PNG image"
  case jpeg = "a JPEG image"
  case gif = "a GIF image"
  case webP = "a WebP image"
  case tiff = "a TIFF image"
  case pdf = "a PDF document"
  case program = "a program"

  /// The number of bytes that suffice to recognize a file.
  public static let prefixSize = 512

  /// The kind of a file that starts with `prefix`; nil if it has no known magic number, such as text, IDX and raw
  /// values.
  ///
  /// - Parameter prefix: at least ``prefixSize`` bytes; with fewer, fewer kinds are recognized.
  public init?(_ prefix: ArraySlice<UInt8>) {
    if Npz.recognizes(prefix) {
      self = .npz
      return
    }
    guard let magic = Self.magics.first(where: { $0.matches(prefix) }) else { return nil }
    self = magic.file
  }

  /// Whether samples can be read from it.
  public var isReadable: Bool { [.npy, .npz, .gzip, .zstd].contains(self) }
}

/// A magic number: bytes at offsets, and the kind of file.
private struct Magic: Sendable {
  let parts: [(offset: Int, bytes: [UInt8])]
  let file: RecognizedFile

  /// - Parameters:
  ///   - magic: the bytes at the start of the file, or at `offset`.
  ///   - other: further required bytes.
  init(
    _ magic: [UInt8], at offset: Int = 0, and other: (offset: Int, bytes: [UInt8])? = nil,
    _ file: RecognizedFile
  ) {
    parts = [(offset, magic)] + [other].compactMap { $0 }
    self.file = file
  }

  func matches(_ prefix: ArraySlice<UInt8>) -> Bool {
    parts.allSatisfy { prefix.dropFirst($0.offset).starts(with: $0.bytes) }
  }
}

extension RecognizedFile {
  /// The first match counts.
  private static let magics: [Magic] = own + arrays + compressed + media + others

  private static let own = [
    Magic([0x93] + text("NUMPY"), .npy),
    Magic(text("VAEM"), .model),
    Magic(text("VAEC"), .stream),
    Magic([0x57] + skippable, and: (8, text("VAEC")), .stream),
    Magic([0x56] + skippable, and: (8, text("VAEM")), .stream),
    Magic([0x1F, 0x8B], .gzip),
    Magic([0x28, 0xB5, 0x2F, 0xFD], .zstd),
  ]

  private static let arrays = [
    Magic([0x89] + text("HDF\r\n\u{1A}\n"), .hdf5),
    Magic(text("CDF\u{1}"), .netCDF), Magic(text("CDF\u{2}"), .netCDF), Magic(text("CDF\u{5}"), .netCDF),
    Magic(text("PAR1\u{15}"), .parquet),
    Magic(text("ARROW1\0\0"), .arrow),
    Magic(text("MATLAB 7.3 MAT-file"), .matlab73),
    Magic(text("MATLAB 5.0 MAT-file"), .matlab),
    Magic([0x80, 0x02, 0x63], .pickle), Magic([0x80, 0x03, 0x63], .pickle),
    Magic([0x80, 0x04, 0x95], .pickle), Magic([0x80, 0x05, 0x95], .pickle),
    Magic(text("SIMPLE  ="), .fits),
    Magic(text("n+1\0"), at: 344, .nifti),
    Magic(text("GRIB"), and: (7, [1]), .grib), Magic(text("GRIB"), and: (7, [2]), .grib),
    Magic(text("SQLite format 3\0"), .sqlite),
  ]

  private static let compressed = [
    Magic(text("PK\u{3}\u{4}"), and: (30, text("[Content_Types]")), .office),
    Magic(text("PK\u{3}\u{4}"), .zip),
    Magic(text("PK\u{5}\u{6}"), .emptyZip),
    Magic(text("BZh"), and: (4, [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]), .bzip2),
    Magic([0xFD] + text("7zXZ\0"), .xz),
    Magic([0x04, 0x22, 0x4D, 0x18], .lz4),
    Magic(text("7z") + [0xBC, 0xAF, 0x27, 0x1C], .sevenZip),
    Magic(text("ustar"), at: 257, .tar),
    Magic([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .oldOffice),
  ]

  private static let media = [
    Magic(text("RIFF"), and: (8, text("WAVE")), .wav),
    Magic(text("RF64"), and: (8, text("WAVE")), .wav),
    Magic(text("fLaC\0"), .flac),
    Magic([0x89] + text("PNG\r\n\u{1A}\n"), .png),
    Magic([0xFF, 0xD8, 0xFF], .jpeg),
    Magic(text("GIF8"), .gif),
    Magic(text("RIFF"), and: (8, text("WEBP")), .webP),
    Magic(text("II*\0"), .tiff), Magic(text("MM\0*"), .tiff),
  ]

  private static let others = [
    Magic(text("%PDF-"), .pdf),
    Magic([0x7F] + text("ELF"), .program),
  ]

  private static let skippable: [UInt8] = [0x2A, 0x4D, 0x18]

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
}
