import ByteIO
import Container
import EntropyCoding

// What is left of a damaged file.
extension RowIndex {
  /// The map of what is left of a file.
  ///
  /// Where not even a trace of a stream is left, it has neither streams nor damage.
  ///
  /// - Parameter memory: for models that the file carries.
  init(surveying finder: StreamFinder, name: String, memory: MemoryLimit) throws(CodecError) {
    self.name = name
    let places = try withFileContext(name) { () throws(StreamError) in try finder.survey() }
    guard places.contains(where: Self.isTrace) else { return }
    let count = places.filter { !Self.isModel($0) }.count
    for (index, place) in places.enumerated() {
      number = count > 1 ? streams.count + 1 : nil
      try addRest(of: place, finder, isLast: index == places.count - 1, memory: memory)
    }
    // Another copy serves where the model before a stream is damaged.
    for index in streams.indices where streams[index].model == nil {
      streams[index].model = streams[index].details?.model.flatMap { models[$0] }
    }
  }

  /// Whether something is a stream, or what is left of one, and not just any file.
  private static func isTrace(_ place: StreamPlace) -> Bool {
    switch place.beginning {
    case .header, .compact: true
    case .lostHeader: place.end == .whole
    case .unreadable(let likeness): likeness == .compact
    case .model: false
    }
  }

  private static func isModel(_ place: StreamPlace) -> Bool {
    switch place.beginning {
    case .model, .unreadable(.model): true
    default: false
    }
  }

  private mutating func tell(_ kind: StreamDamage.Kind, rows: Range<Int>? = nil) {
    damage.append(StreamDamage(kind: kind, stream: number, rows: rows, place: rows?.lowerBound ?? self.rows))
  }

  /// Adds what is left of a stream.
  private mutating func addRest(
    of place: StreamPlace, _ finder: StreamFinder, isLast: Bool, memory: MemoryLimit
  ) throws(CodecError) {
    switch place.beginning {
    case .model(let file):
      let bytes = try withFileContext(name) { () throws(StreamError) in try finder.modelFile(file) }
      model = file
      do throws(CodecError) {
        models[try ModelFile(bytes: bytes, name: name, memory: memory).digest] = file
      } catch {
        if error.asksForMore { throw error }
        model = nil
        tell(.model)
      }
      return
    case .unreadable(.model):
      model = nil
      return tell(.model)
    case .unreadable(let likeness):
      tell(likeness == .compact ? .compact : .unreadable(place.range))
    case .compact:
      let compact = try withFileContext(name) { () throws(StreamError) in try finder.compact(place) }
      if let details = try? StreamMetadata.compact(compact.content, name: name).details {
        return try add(place, details, rows: details.chunkRows)
      }
      tell(.compact)
    case .header(let header):
      if let details = try? StreamMetadata(header.content, name: name) {
        return try addChunks(of: place, details, isLast: isLast)
      }
      try addWithoutHeader(place)
    case .lostHeader: try addWithoutHeader(place)
    }
    streams.append(Stream(place: place))
  }

  /// Adds the rows of a stream whose chunks cannot be decoded, as far as they are known.
  private mutating func addWithoutHeader(_ place: StreamPlace) throws(CodecError) {
    let before = rows
    var isCertain = place.end != .cut
    for (index, chunk) in place.chunks.enumerated() {
      if case .whole(let count) = chunk.state, count <= StreamMetadata.maximumChunkRows {
        try add(nil, index + 1, rows: count)
      } else {
        isCertain = false
      }
    }
    tell(.header, rows: isCertain ? before..<rows : nil)
    if !isCertain, let last = damage.indices.last { damage[last].place = before }
  }

  /// Adds the chunks of a stream in chunks, and what is lost of them.
  ///
  /// - Parameter isLast: whether no stream follows: rows after a cut are not made up then.
  private mutating func addChunks(
    of place: StreamPlace, _ details: StreamMetadata, isLast: Bool
  ) throws(CodecError) {
    let lost = LostRows(place, details)
    let before = rows
    var number = 1
    for (index, chunk) in place.chunks.enumerated() {
      if case .whole(let count) = chunk.state, count <= details.chunkRows {
        try add(chunk, number, rows: count)
        number += 1
        continue
      }
      // Bytes that someone put between chunks, where none is missing.
      if chunk.count == nil, lost.isNothing { continue }
      let first = rows
      let count = lost.rows(ofChunk: index)
      try add(nil, number, rows: count ?? 0)
      if let chunks = lost.chunks(inGap: index) {
        tell(.chunks(number...number + chunks - 1), rows: count.map { first..<first + $0 })
        number += chunks
      } else {
        tell(.someChunks(after: number - 1), rows: count.map { first..<first + $0 })
        number += 1
      }
    }
    let found = rows - before
    switch place.end {
    case .whole:
      if let announced = details.rows, announced != found, lost.isEmpty {
        throw .badHeader(name: name, reason: "it announces \(announced) rows where the chunks hold \(found)")
      }
    case .damagedSeekTable: tell(.seekTable)
    case .cut:
      if let announced = details.rows, announced == found {
        tell(.seekTable)
        break
      }
      let missing = details.rows.map { $0 - found }.flatMap { $0 > 0 ? $0 : nil }
      let (end, overflow) = rows.addingReportingOverflow(missing ?? 0)
      tell(
        .end(afterChunks: place.chunks.count - lost.gaps),
        rows: missing == nil || overflow ? nil : rows..<end)
      if !isLast, !overflow { try add(nil, number, rows: missing ?? 0) }
    }
    streams.append(Stream(place: place, details: details, model: model))
  }
}
