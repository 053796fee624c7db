import ByteIO
import Container
import Records

/// What a file is, by its first bytes: for messages about files that are something else than was asked for.
public enum FileKind: Equatable, Sendable {
  case model
  case stream
  case zstd
  case gzip
  case npy
  case empty
  /// Something that is recognized, in words: "a NetCDF file".
  case foreign(String)
  case unknown

  /// The kind of a file that begins with `prefix`.
  ///
  /// - Parameter prefix: 12 bytes are enough for what this program reads, but for a file of one or more zstd frames,
  ///   ``zstdPrefixSize``: with less, a stream may be taken for a zstd file.
  public init(of prefix: ArraySlice<UInt8>) {
    // A zstd file may begin with a skippable frame too, whose magic is one of 16.
    let isSkippable =
      prefix.count >= 4 && prefix[prefix.startIndex] & 0xF0 == 0x50
      && prefix.dropFirst().prefix(3).elementsEqual([0x2A, 0x4D, 0x18])
    let recognized = RecognizedFile(prefix)
    switch recognized {
    case .model: self = .model
    case .npy: self = .npy
    case .gzip: self = .gzip
    case .zstd: self = StreamReader.isRecognized(in: prefix) ? .stream : .zstd
    case .stream where StreamReader.isRecognized(in: prefix): self = .stream
    case .stream, nil: self = prefix.isEmpty ? .empty : isSkippable ? .zstd : .unknown
    case let foreign?: self = .foreign(foreign.rawValue)
    }
  }

  /// The number of leading bytes of a zstd file that show whether it is a stream.
  public static let zstdPrefixSize = CompactStream.prefixSize

  /// In words, to follow "it looks like".
  public var text: String {
    switch self {
    case .model: "a vaec model"
    case .stream: "a vaec stream"
    case .zstd: "a zstd file"
    case .gzip: "a gzip file"
    case .npy: "a NumPy array"
    case .empty: "an empty file"
    case .foreign(let kind): kind
    case .unknown: "something else"
    }
  }
}
