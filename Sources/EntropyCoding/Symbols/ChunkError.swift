import ByteIO

/// The errors of a chunk.
public enum ChunkError: Error, Equatable {
  /// The zstd frame is damaged, or its content is larger than that of a chunk can be.
  case frame(ByteIOError)
  /// The content announces `rows`; 1 to `limit` are possible.
  case rows(Int, limit: Int)
  /// No encoder writes such content: it is damaged, or the tables are not the encoder's.
  case corrupt
  /// The checksum of the decoded rows differs from that of the original ones.
  case otherRows

  /// Whether a larger memory limit would help.
  public var asksForMore: Bool { if case .frame(let error) = self { error.asksForMore } else { false } }
}
