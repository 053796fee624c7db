/// How a chunk's content is written: its first byte.
///
/// Kinds from ``firstOfCallers`` on mean nothing here: they are for contents that a caller composes, and puts into
/// frames with ``ChunkEncoder/frame(_:level:)``.
public enum ContentKind: UInt8, CaseIterable, Sendable {
  /// Symbols packed by rANS.
  case rans = 0
  /// Symbols as bytes, plane after plane, for zstd to pack.
  case planes = 1
  /// Symbols as bytes, row after row, for zstd to pack: best where rows repeat.
  case rows = 2

  /// The first kind that this module leaves to its callers.
  public static let firstOfCallers: UInt8 = 16
}
