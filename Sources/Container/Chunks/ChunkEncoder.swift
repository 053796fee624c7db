import ByteIO
import EntropyCoding

/// Encodes the symbols of some rows into one checksummed zstd frame.
///
/// The content of the frame:
///
///     head      see `ContentHead`: the kind, and the number of rows
///     kind 0    the output of `RANSEncoder`, to the end
///     kind 1    for each plane: width u8, then rows values of that width
///     kind 2    for each plane: width u8; then for each row, a value of each plane
///
/// The plain planes precede the context-coded ones. The numbers of planes and the levels are not stored. Widths are 0,
/// 1, 2 or 4, and values are stored as in `PlainSymbols`. rANS takes the bits that the tables imply, whatever the order
/// of the rows; zstd finds repeated rows and sequences. Each chunk is encoded both ways, and the smaller result is
/// kept. For speed, zstd's high levels run only if quick attempts come close to rANS and improve with effort, and for
/// chunks of many symbols only if `Repetition` is likely.
///
/// Only one task may use it at a time; several encoders can share one `RANSEncoder`.
package final class ChunkEncoder {
  /// The zstd levels for a first attempt, for a second, and for the final one.
  private static let (quickLevel, secondLevel, thoroughLevel) = (1, 3, 19)
  /// The size of a first and second attempt, relative to rANS, up to which the next is made: repeated rows can gain
  /// that much.
  private static let (quickMargin, secondMargin) = (2.0, 1.5)

  /// With more symbols, a sample decides whether zstd is tried at all.
  private static let manySymbols = 1 << 17

  private let rans: RANSEncoder
  private let quick = ZstdCompressor(level: quickLevel, checksum: true)
  private let second = ZstdCompressor(level: secondLevel, checksum: true)
  private lazy var thorough = ZstdCompressor(level: Self.thoroughLevel, checksum: true)

  /// Creates an encoder with the tables of `rans`.
  package init(_ rans: RANSEncoder) { self.rans = rans }

  /// Encodes a chunk into a frame.
  ///
  /// - Parameters:
  ///   - chunk: as many plain planes as the tables have, and no level beyond theirs.
  ///   - prefix: the start of the frame's content, before that of the chunk; see ``CompactStream``.
  ///   - suffix: the end of the frame's content.
  package func encode(
    _ chunk: ChunkSymbols, after prefix: [UInt8] = [], before suffix: [UInt8] = []
  ) -> [UInt8] {
    // zstd finds nothing to compress in it, and stores it.
    let frame = quick.compress(packed(chunk, after: prefix) + suffix)
    let symbols = chunk.allPlanes * chunk.rows
    guard symbols > 0 else {
      // The prefix and suffix are compressed already.
      let plain = quick.compress(Self.content(.planes, chunk, after: prefix) + suffix)
      return plain.count < frame.count ? plain : frame
    }
    guard symbols <= Self.manySymbols || Repetition.isLikely(in: chunk, rans, quick) else { return frame }
    return encodePlain(chunk, after: prefix, before: suffix, toBeat: frame.count) ?? frame
  }

  /// The content of a frame for a chunk, encoded by rANS, without the frame.
  package func packed(_ chunk: ChunkSymbols, after prefix: [UInt8] = []) -> [UInt8] {
    Self.content(.rans, chunk, after: prefix) + rans.encode(chunk)
  }

  /// Encodes `rows` values of each plane into a frame without context-coded planes.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r is symbols[p * planeStride + r].
  ///   - planeStride: the number of values from one plane to the next, at least `rows`.
  ///   - rows: at least 1.
  package func encode(_ symbols: [Int32], planeStride: Int, rows: Int) -> [UInt8] {
    encode(ChunkSymbols(symbols: symbols, planes: rans.planes, planeStride: planeStride, rows: rows))
  }

  /// Encodes by zstd alone; nil if that does not take less than `size` bytes.
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

    // On symbols without repetitions, level 3 does worse than level 1, and level 19 is never as good as rANS.
    let other = second.compress(content)
    if other.count <= best.count, Double(other.count) < Self.secondMargin * Double(size) {
      let smallest = thorough.compress(content)
      best = smallest.count < other.count ? smallest : other
    }
    return best.count < size ? best : nil
  }

  /// The start of a chunk's content.
  private static func content(
    _ kind: ContentKind, _ chunk: ChunkSymbols, after prefix: [UInt8]
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(prefix)
    ContentHead(kind: kind, rows: chunk.rows).write(to: &writer)
    return writer.bytes
  }
}
