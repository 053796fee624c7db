import ByteIO
import EntropyCoding

/// Packs the symbols of some rows into one checksummed zstd frame.
///
/// The content of the frame:
///
///     head      see `ContentHead`: the kind, and how many rows
///     kind 0    what `RANSEncoder` writes, to the end
///     kind 1    for each plane: width u8, then rows values of that width
///     kind 2    for each plane: width u8; then for each row, a value of each plane
///
/// Planes are the plain ones and then the context-coded ones; how many of each there are, and the levels, are not written.
/// Widths are 0, 1, 2 or 4, and the values are as `PlainSymbols` says. rANS spends what the tables say, whatever the
/// order of the rows; zstd finds rows and sequences that repeat. Each chunk is packed by both, and the smaller
/// stays. To be fast, zstd works hard only where quick tries come close to rANS and show that work pays; for a chunk
/// of many symbols, where `Repetition` promises something in the first place.
///
/// Used by one task at a time; several encoders can share one `RANSEncoder`.
package final class ChunkEncoder {
  /// zstd's levels for a first try, for a second, and for what is worth the time.
  private static let (quickLevel, secondLevel, thoroughLevel) = (1, 3, 19)
  /// How much more than rANS a first or second try may take to be followed up: so much can be gained where rows
  /// repeat.
  private static let (quickMargin, secondMargin) = (2.0, 1.5)

  /// With more symbols, a sample of them decides whether zstd tries at all.
  private static let manySymbols = 1 << 17

  private let rans: RANSEncoder
  private let quick = ZstdCompressor(level: quickLevel, checksum: true)
  private let second = ZstdCompressor(level: secondLevel, checksum: true)
  private lazy var thorough = ZstdCompressor(level: Self.thoroughLevel, checksum: true)

  /// An encoder with the tables that `rans` was prepared for.
  package init(_ rans: RANSEncoder) { self.rans = rans }

  /// Packs a chunk into a frame.
  ///
  /// - Parameters:
  ///   - chunk: with as many plain planes as the tables, and no level beyond the tables'.
  ///   - prefix: what the content of the frame begins with, before that of the chunk: see ``CompactStream``.
  ///   - suffix: what it ends with.
  package func encode(
    _ chunk: ChunkSymbols, after prefix: [UInt8] = [], before suffix: [UInt8] = []
  ) -> [UInt8] {
    // zstd finds nothing in it, and stores it.
    let frame = quick.compress(packed(chunk, after: prefix) + suffix)
    let symbols = chunk.allPlanes * chunk.rows
    guard symbols <= Self.manySymbols || Repetition.isLikely(in: chunk, rans, quick) else { return frame }
    return encodePlain(chunk, after: prefix, before: suffix, toBeat: frame.count) ?? frame
  }

  /// The content of a frame for a chunk, its symbols packed by rANS: for whoever wants no frame.
  package func packed(_ chunk: ChunkSymbols, after prefix: [UInt8] = []) -> [UInt8] {
    Self.content(.rans, chunk, after: prefix) + rans.encode(chunk)
  }

  /// Packs `rows` values of each plane into a frame, where no plane is context-coded.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r is symbols[p * planeStride + r].
  ///   - planeStride: values from one plane to the next, at least `rows`.
  ///   - rows: at least 1.
  package func encode(_ symbols: [Int32], planeStride: Int, rows: Int) -> [UInt8] {
    encode(ChunkSymbols(symbols: symbols, planes: rans.planes, planeStride: planeStride, rows: rows))
  }

  /// Packs by zstd alone; nil where that does not take less than `size` bytes.
  private func encodePlain(
    _ chunk: ChunkSymbols, after prefix: [UInt8], before suffix: [UInt8], toBeat size: Int
  ) -> [UInt8]? {
    var byPlanes = Self.content(.planes, chunk, after: prefix)
    PlainSymbols.appendPlanes(chunk, to: &byPlanes)
    byPlanes += suffix
    var byRows = Self.content(.rows, chunk, after: prefix)
    PlainSymbols.appendRows(chunk, to: &byRows)
    byRows += suffix
    let frames = (quick.compress(byPlanes), quick.compress(byRows))
    let content = frames.1.count < frames.0.count ? byRows : byPlanes
    var best = frames.1.count < frames.0.count ? frames.1 : frames.0
    guard Double(best.count) < Self.quickMargin * Double(size) else { return nil }

    // On symbols without repetitions, level 3 does worse than level 1, and level 19 never as well as rANS.
    let other = second.compress(content)
    if other.count <= best.count, Double(other.count) < Self.secondMargin * Double(size) {
      let smallest = thorough.compress(content)
      best = smallest.count < other.count ? smallest : other
    }
    return best.count < size ? best : nil
  }

  /// The beginning of a content.
  private static func content(
    _ kind: ContentKind, _ chunk: ChunkSymbols, after prefix: [UInt8]
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(prefix)
    ContentHead(kind: kind, rows: chunk.rows).write(to: &writer)
    return writer.bytes
  }
}
