/// The text of consecutive rows of a table, as in the file.
package struct RowText: Equatable, Sendable {
  /// The whole text. Lines without a row belong to the row after them, or to the last one.
  package private(set) var bytes: [UInt8]
  /// Where the text of each row ends.
  package private(set) var ends: [Int]

  /// - Parameter ends: ascending; the last is the number of bytes.
  package init(bytes: [UInt8], ends: [Int]) {
    precondition(ends.last ?? 0 == bytes.count)
    (self.bytes, self.ends) = (bytes, ends)
  }

  /// The text of the rows in `range`.
  package func rows(_ range: Range<Int>) -> RowText {
    let begin = range.lowerBound > 0 ? ends[range.lowerBound - 1] : 0
    let end = range.upperBound > 0 ? ends[range.upperBound - 1] : 0
    return RowText(bytes: Array(bytes[begin..<end]), ends: ends[range].map { $0 - begin })
  }

  /// Concatenates the texts of several batches; nil if one has none.
  package init?(joining parts: [RowText?]) {
    (bytes, ends) = ([], [])
    for part in parts {
      guard let part else { return nil }
      let begin = bytes.count
      bytes += part.bytes
      ends += part.ends.map { begin + $0 }
    }
  }
}
