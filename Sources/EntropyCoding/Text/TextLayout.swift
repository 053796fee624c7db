import ByteIO

/// The table layout of a text for a ``TextCoder``: where cells and rows end.
///
/// A wrong layout makes the coded text longer, but does not damage it.
package struct TextLayout: Equatable, Sendable {
  /// The byte between two cells of a row; nil for runs of blanks and tabs.
  package var separator: UInt8?
  /// The quote around cells, within which separators are text; nil if there is none. Quotes end with the row.
  package var quote: UInt8?
  /// The byte that ends a row.
  package var rowEnd: UInt8

  /// Creates a layout; by default that of CSV.
  package init(
    separator: UInt8? = UInt8(ascii: ","), quote: UInt8? = UInt8(ascii: "\""),
    rowEnd: UInt8 = UInt8(ascii: "\n")
  ) {
    self.separator = separator
    self.quote = quote
    self.rowEnd = rowEnd
  }
}

extension TextLayout {
  private static let hasSeparator: UInt8 = 1
  private static let hasQuote: UInt8 = 2

  /// Appends the layout, in two to four bytes.
  package func encode(into writer: inout ByteWriter) {
    writer.append((separator == nil ? 0 : Self.hasSeparator) | (quote == nil ? 0 : Self.hasQuote))
    writer.append([separator, quote, rowEnd].compactMap { $0 })
  }

  /// Parses what ``encode(into:)`` wrote.
  ///
  /// - Throws: ``ChunkError/corrupt`` for anything else.
  package init(from reader: inout ByteReader) throws(ChunkError) {
    func next() throws(ChunkError) -> UInt8 {
      do throws(ByteReader.Failure) { return try reader.integer() } catch { throw .corrupt }
    }
    let parts = try next()
    guard parts <= Self.hasSeparator | Self.hasQuote else { throw .corrupt }
    separator = parts & Self.hasSeparator == 0 ? nil : try next()
    quote = parts & Self.hasQuote == 0 ? nil : try next()
    rowEnd = try next()
  }
}
