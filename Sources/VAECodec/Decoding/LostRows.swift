import Container

/// How many rows the lost chunks of a stream had.
struct LostRows {
  private let place: StreamPlace
  private let details: StreamMetadata
  /// Rows of chunks that are whole.
  private let found: Int
  /// How many of the stream's chunks, or runs of them, are lost.
  let gaps: Int

  init(_ place: StreamPlace, _ details: StreamMetadata) {
    self.place = place
    self.details = details
    let counts = place.chunks.map { (chunk) -> Int? in
      if case .whole(let rows) = chunk.state, rows <= details.chunkRows { rows } else { nil }
    }
    found = counts.reduce(0) { $0 + ($1 ?? 0) }
    gaps = counts.filter { $0 == nil }.count
  }

  var isEmpty: Bool { gaps == 0 }

  /// Whether all rows that the header announces are there: then the seek table alone is at fault.
  var isNothing: Bool { place.end != .whole && details.rows == found }

  /// Rows that are lost in all, where it is known that nothing else is.
  private var total: Int? {
    guard place.end != .cut, let announced = details.rows, announced > found else { return nil }
    return announced - found
  }

  /// How many chunks a lost part stands for.
  func chunks(inGap index: Int) -> Int? {
    if let count = place.chunks[index].count { return count }
    guard gaps == 1, let total else { return nil }
    return (total - 1) / details.chunkRows + 1
  }

  /// Rows of a lost part; nil where they are not known.
  func rows(ofChunk index: Int) -> Int? {
    let chunk = place.chunks[index]
    let isLast = index == place.chunks.count - 1
    guard let count = chunk.count else {
      // Where several are lost, one chunk in each place is a guess.
      guard gaps == 1, let total, total <= maximumRows(inGap: chunk) else { return details.chunkRows }
      return total
    }
    guard isLast else { return count * details.chunkRows }
    guard place.end != .cut, let announced = details.rows else { return nil }
    let last = announced - (place.chunks.count - 1) * details.chunkRows
    return last >= 1 && last <= details.chunkRows ? last : nil
  }

  /// So many chunks at the most fit into lost bytes: a header may lie.
  private func maximumRows(inGap chunk: StreamPlace.Chunk) -> Int {
    let (rows, overflow) = (chunk.range.count / 12 + 1).multipliedReportingOverflow(by: details.chunkRows)
    return overflow ? .max : rows
  }
}
