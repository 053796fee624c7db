/// How a chunk's content is written: two bits of the number that it begins with.
public enum ContentKind: UInt8, CaseIterable, Sendable {
  /// Symbols packed by rANS.
  case rans = 0
  /// Symbols as bytes, plane after plane, for zstd to pack.
  case planes = 1
  /// Symbols as bytes, row after row, for zstd to pack: best where rows repeat.
  case rows = 2
  /// Samples made exact, or stored: see ``CorrectedContent``.
  case corrected = 3
}
