import ByteIO
import EntropyCoding

/// What the content of a chunk begins with: its kind and its rows, in one number.
///
/// A count (LEB128): four times the rows, plus the kind. So it takes a byte for up to 31 rows, and two for up to 4095.
struct ContentHead: Equatable {
  var kind: ContentKind
  /// At least 1.
  var rows: Int

  func write(to writer: inout ByteWriter) { writer.append(count: rows << 2 | Int(kind.rawValue)) }

  /// - Parameter limit: more rows are an error.
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

/// How a chunk's content is written: two bits of the number that it begins with.
package enum ContentKind: UInt8, CaseIterable, Sendable {
  /// Symbols packed by rANS.
  case rans = 0
  /// Symbols as bytes, plane after plane, for zstd to pack.
  case planes = 1
  /// Symbols as bytes, row after row, for zstd to pack: best where rows repeat.
  case rows = 2
  /// Samples made exact, or stored: see ``CorrectedContent``.
  case corrected = 3
}
