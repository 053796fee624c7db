/// The text of some consecutive rows of a table, as it stands in a file.
package struct RowText: Equatable, Sendable {
  /// All of it. Lines without a row are part of the row behind them, or of the last one.
  package private(set) var bytes: [UInt8]
  /// Where the text of each row ends.
  package private(set) var ends: [Int]

  /// - Parameter ends: ascending; the last is the number of bytes.
  package init(bytes: [UInt8], ends: [Int]) {
    precondition(ends.last ?? 0 == bytes.count)
    (self.bytes, self.ends) = (bytes, ends)
  }

  /// The text of the rows of `range` alone.
  package func rows(_ range: Range<Int>) -> RowText {
    let begin = range.lowerBound > 0 ? ends[range.lowerBound - 1] : 0
    let end = range.upperBound > 0 ? ends[range.upperBound - 1] : 0
    return RowText(bytes: Array(bytes[begin..<end]), ends: ends[range].map { $0 - begin })
  }

  /// The text of several batches, one after the other; nil where one has none.
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
