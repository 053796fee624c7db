import ByteIO
import Container
import Records

/// The kind of a file by its first bytes, for messages about files of the wrong kind.
public enum FileKind: Equatable, Sendable {
  case model
  case stream
  case zstd
  case gzip
  case npy
  case empty
  /// A recognized format that is not supported, in words: "a NetCDF file".
  case foreign(String)
  case unknown

  /// The kind of a file that starts with `prefix`.
  ///
  /// - Parameter prefix: 12 bytes suffice for the formats of this program, except for a file of zstd frames. That needs
  ///   ``zstdPrefixSize`` bytes; with fewer, a stream may be taken for a zstd file.
  public init(of prefix: ArraySlice<UInt8>) {
    // A zstd file may also start with a skippable frame, which has one of 16 magic numbers.
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

  /// The number of leading bytes that distinguish a compact stream from a zstd file.
  public static let zstdPrefixSize = CompactStream.prefixSize

  /// The kind in words, to follow "it looks like".
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
