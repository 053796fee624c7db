import ByteIO

/// What can be wrong with a chunk.
public enum ChunkError: Error, Equatable {
  /// The zstd frame around the content is damaged, or its content larger than a chunk's can be.
  case frame(ByteIOError)
  /// The content says that it holds `rows`, where 1 to `limit` are possible.
  case rows(Int, limit: Int)
  /// The content is not what an encoder writes: with other tables than the encoder's, or damaged.
  case corrupt
  /// The rows that come out are not those that went in: their checksum differs.
  case otherRows

  /// Whether more memory would be of help.
  public var asksForMore: Bool { if case .frame(let error) = self { error.asksForMore } else { false } }
}
