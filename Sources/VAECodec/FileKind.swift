/// What a file is, by its first bytes: for messages about files that are something else than was asked for.
public enum FileKind: Equatable, Sendable {
  case model
  case stream
  case zstd
  case gzip
  case npy
  case empty
  case unknown

  /// The kind of a file that begins with `prefix`; 8 bytes are enough.
  public init(of prefix: ArraySlice<UInt8>) {
    let beginnings: [(kind: FileKind, bytes: [UInt8])] = [
      (.model, FittedModel.magic), (.zstd, [0x28, 0xB5, 0x2F, 0xFD]), (.gzip, [0x1F, 0x8B]),
      (.npy, [0x93, 0x4E, 0x55, 0x4D]),
    ]
    // A stream begins with a skippable frame of zstd, whose magic is one of 16.
    let isSkippable =
      prefix.count >= 4 && prefix[prefix.startIndex] & 0xF0 == 0x50
      && prefix.dropFirst().prefix(3).elementsEqual([0x2A, 0x4D, 0x18])
    let known = beginnings.first { prefix.starts(with: $0.bytes) }?.kind
    self = prefix.isEmpty ? .empty : known ?? (isSkippable ? .stream : .unknown)
  }

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
