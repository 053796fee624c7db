/// What a ``TextCoder`` knows of how a text is laid out as a table: where cells and rows end.
///
/// A wrong layout costs bytes, never the text.
package struct TextLayout: Equatable, Sendable {
  /// The byte between two cells of a row; nil for runs of blanks and tabs.
  package var separator: UInt8?
  /// The byte around cells in which separators are text; nil if there is none. Quotes end with the row.
  package var quote: UInt8?
  /// The byte that ends a row.
  package var rowEnd: UInt8

  /// A layout, by default that of a CSV.
  package init(
    separator: UInt8? = UInt8(ascii: ","), quote: UInt8? = UInt8(ascii: "\""),
    rowEnd: UInt8 = UInt8(ascii: "\n")
  ) {
    self.separator = separator
    self.quote = quote
    self.rowEnd = rowEnd
  }
}
