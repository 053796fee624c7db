import ByteIO
import EntropyCoding

/// The content of a chunk with corrected or stored samples:
///
///     head          see `ContentHead`: kind 3, and the number of rows
///     count         the number of bytes of corrections; 0 for stored samples
///     checksum      u32, of the decoded samples; absent for stored samples
///     corrections   bytes with a meaning to the stream's writer only
///     the rest      the content of a chunk of symbols, of kind 0, 1 or 2; or the samples' own bytes
package enum CorrectedContent {
  /// Symbols, the corrections of the samples that they represent, and the checksum of the decoded samples.
  case corrected(by: ArraySlice<UInt8>, symbols: ArraySlice<UInt8>, checksum: UInt32)
  /// The samples' own bytes.
  case stored(ArraySlice<UInt8>)

  /// The start of a corrected chunk's content, before that of its symbols.
  ///
  /// - Parameters:
  ///   - corrections: at least one byte.
  ///   - checksum: that of the decoded samples.
  package static func prefix(rows: Int, corrections: [UInt8], checksum: UInt32) -> [UInt8] {
    precondition(!corrections.isEmpty, "no corrections stand for stored samples")
    var writer = ByteWriter()
    ContentHead(kind: .corrected, rows: rows).write(to: &writer)
    writer.append(count: corrections.count)
    writer.append(checksum)
    writer.append(corrections)
    return writer.bytes
  }

  /// The content of a chunk with stored samples.
  package static func storing(_ samples: [UInt8], rows: Int) -> [UInt8] {
    var writer = ByteWriter()
    ContentHead(kind: .corrected, rows: rows).write(to: &writer)
    writer.append(count: 0)
    writer.append(samples)
    return writer.bytes
  }

  /// Splits a chunk's content into its parts; nil for one of symbols alone.
  ///
  /// - Parameter limit: the maximum number of rows; more are an error.
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
