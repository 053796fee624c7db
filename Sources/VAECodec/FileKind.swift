import CodeStream

/// What a file is, by its first bytes: for messages about files that are something else than was asked for.
public enum FileKind: Equatable, Sendable {
  case model
  case stream
  case zstd
  case gzip
  case npy
  case empty
  case unknown

  /// The kind of a file that begins with `prefix`.
  ///
  /// - Parameter prefix: 12 bytes are enough, but for a file of one or more zstd frames, ``zstdPrefixSize``: with less, a
  ///   stream may be taken for a zstd file.
  public init(of prefix: ArraySlice<UInt8>) {
    let beginnings: [(kind: FileKind, bytes: [UInt8])] = [
      (.model, FittedModel.magic), (.zstd, [0x28, 0xB5, 0x2F, 0xFD]), (.gzip, [0x1F, 0x8B]),
      (.npy, [0x93, 0x4E, 0x55, 0x4D]),
    ]
    // A zstd file may begin with a skippable frame too, whose magic is one of 16.
    let isSkippable =
      prefix.count >= 4 && prefix[prefix.startIndex] & 0xF0 == 0x50
      && prefix.dropFirst().prefix(3).elementsEqual([0x2A, 0x4D, 0x18])
    let known = beginnings.first { prefix.starts(with: $0.bytes) }?.kind
    let kind = prefix.isEmpty ? .empty : known ?? (isSkippable ? .zstd : .unknown)
    self = kind == .zstd && StreamReader.isRecognized(in: prefix) ? .stream : kind
  }

  /// Bytes from the beginning of a zstd file that tell whether it is a stream.
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
    case .unknown: "something else"
    }
  }
}
