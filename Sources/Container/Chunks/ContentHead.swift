import ByteIO
import EntropyCoding

/// The start of a chunk's content: its kind and number of rows in one number.
///
/// The number is a count (LEB128): four times the rows, plus the kind. It takes one byte for up to 31 rows, and two for
/// up to 4095.
struct ContentHead: Equatable {
  var kind: ContentKind
  /// At least 1.
  var rows: Int

  func write(to writer: inout ByteWriter) { writer.append(count: rows << 2 | Int(kind.rawValue)) }

  /// - Parameter limit: the maximum number of rows; more are an error.
  /// - Throws: `corrupt` or `rows`.
  static func read(from reader: inout ByteReader, limit: Int) throws(ChunkError) -> ContentHead {
    let number: Int
    do {
      number = try reader.count()
    } catch {
      throw .corrupt
    }
    let (rows, bits) = (number >> 2, UInt8(number & 3))
    guard let kind = ContentKind(rawValue: bits) else { throw .corrupt }
    guard rows >= 1, rows <= limit else { throw .rows(rows, limit: limit) }
    return ContentHead(kind: kind, rows: rows)
  }
}

/// The kind of a chunk's content: two bits of its first number.
package enum ContentKind: UInt8, CaseIterable, Sendable {
  /// Symbols encoded by rANS.
  case rans = 0
  /// Symbols as bytes, plane after plane, for zstd to compress.
  case planes = 1
  /// Symbols as bytes, row after row, for zstd to compress: best for repeated rows.
  case rows = 2
  /// Corrected or stored samples; see ``CorrectedContent``.
  case corrected = 3
}
