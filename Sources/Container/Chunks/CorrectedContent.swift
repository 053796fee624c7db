import ByteIO
import EntropyCoding

/// The content of a chunk whose samples are not simply what its symbols stand for.
///
///     head          see `ContentHead`: kind 3, and how many rows
///     count         bytes of corrections; 0 where samples are stored
///     checksum      u32, of the samples that come out; not where they are stored
///     corrections   whatever the stream's writer makes of them
///     the rest      the content of a chunk of symbols, of kind 0, 1 or 2; or the samples' own bytes
package enum CorrectedContent {
  /// Symbols, and what corrects the samples that they stand for.
  case corrected(by: ArraySlice<UInt8>, symbols: ArraySlice<UInt8>, checksum: UInt32)
  /// The samples' own bytes.
  case stored(ArraySlice<UInt8>)

  /// What a corrected chunk's content begins with, before that of its symbols.
  ///
  /// - Parameters:
  ///   - corrections: at least one byte.
  ///   - checksum: of the samples that come out.
  package static func prefix(rows: Int, corrections: [UInt8], checksum: UInt32) -> [UInt8] {
    precondition(!corrections.isEmpty, "no corrections stand for stored samples")
    var writer = ByteWriter()
    ContentHead(kind: .corrected, rows: rows).write(to: &writer)
    writer.append(count: corrections.count)
    writer.append(checksum)
    writer.append(corrections)
    return writer.bytes
  }

  /// The content of a chunk that holds samples as they are.
  package static func storing(_ samples: [UInt8], rows: Int) -> [UInt8] {
    var writer = ByteWriter()
    ContentHead(kind: .corrected, rows: rows).write(to: &writer)
    writer.append(count: 0)
    writer.append(samples)
    return writer.bytes
  }

  /// Takes a chunk's content apart; nil for one of symbols alone.
  ///
  /// - Parameter limit: more rows are an error.
  /// - Throws: `corrupt` or `rows`.
  package static func read(
    _ content: ArraySlice<UInt8>, limit: Int
  ) throws(ChunkError) -> (rows: Int, content: CorrectedContent)? {
    var reader = ByteReader(content)
    let head = try ContentHead.read(from: &reader, limit: limit)
    guard head.kind == .corrected else { return nil }
    do {
      let size = try reader.count()
      guard size > 0 else { return (head.rows, .stored(content.suffix(reader.remaining))) }
      let checksum: UInt32 = try reader.integer()
      let corrections = try reader.take(size)
      return (
        head.rows,
        .corrected(by: corrections, symbols: content.suffix(reader.remaining), checksum: checksum)
      )
    } catch {
      throw .corrupt
    }
  }
}
