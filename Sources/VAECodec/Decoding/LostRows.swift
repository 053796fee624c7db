import Container

/// Estimates the number of rows in the lost chunks of a stream.
struct LostRows {
  private let place: StreamPlace
  private let details: StreamMetadata
  /// The rows of intact chunks.
  private let found: Int
  /// The number of lost parts: chunks of the stream, or runs of them.
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

  /// Whether all rows that the header announces are there; then only the seek table is damaged.
  var isNothing: Bool { place.end != .whole && details.rows == found }

  /// The total number of lost rows; nil if it is uncertain.
  private var total: Int? {
    guard place.end != .cut, let announced = details.rows, announced > found else { return nil }
    return announced - found
  }

  /// The number of chunks in a lost part; nil if unknown.
  func chunks(inGap index: Int) -> Int? {
    if let count = place.chunks[index].count { return count }
    guard gaps == 1, let total else { return nil }
    return (total - 1) / details.chunkRows + 1
  }

  /// The number of rows in a lost part; nil if unknown.
  func rows(ofChunk index: Int) -> Int? {
    let chunk = place.chunks[index]
    let isLast = index == place.chunks.count - 1
    guard let count = chunk.count else {
      // With several lost parts, the guess is one chunk for each.
      guard gaps == 1, let total, total <= maximumRows(inGap: chunk) else { return details.chunkRows }
      return total
    }
    guard isLast else { return count * details.chunkRows }
    guard place.end != .cut, let announced = details.rows else { return nil }
    let last = announced - (place.chunks.count - 1) * details.chunkRows
    return last >= 1 && last <= details.chunkRows ? last : nil
  }

  /// The maximum number of rows in the lost bytes: a damaged header may announce more.
  private func maximumRows(inGap chunk: StreamPlace.Chunk) -> Int {
    let (rows, overflow) = (chunk.range.count / 12 + 1).multipliedReportingOverflow(by: details.chunkRows)
    return overflow ? .max : rows
  }
}
