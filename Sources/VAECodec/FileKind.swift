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
    self =
      if prefix.isEmpty { .empty } else if prefix.starts(with: FittedModel.magic) {
        .model
      } else if prefix
        .starts(with: [0x28, 0xB5, 0x2F, 0xFD])
      { .zstd } else if prefix.starts(with: [0x1F, 0x8B]) {
        .gzip
      } else if prefix.starts(with: [
        0x93, 0x4E, 0x55, 0x4D,
      ]) {
        .npy
      } else if prefix.count >= 4, prefix.dropFirst().prefix(3).elementsEqual([0x2A, 0x4D, 0x18]),
        prefix[prefix.startIndex] & 0xF0 == 0x50
      { .stream } else { .unknown }
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
