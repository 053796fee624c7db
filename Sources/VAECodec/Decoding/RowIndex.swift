import ByteIO
import Container
import EntropyCoding

/// Maps the rows of a file to the chunks of its streams.
struct RowIndex {
  /// A chunk, or a lost part.
  struct Piece {
    /// The number of its stream, from 0.
    var stream: Int
    /// The number within the stream, from 1.
    var number: Int
    /// Nil if it is lost.
    var chunk: StreamPlace.Chunk?
    /// Its rows, counted from the beginning of the file.
    var rows: Range<Int>
  }

  struct Stream {
    var place: StreamPlace
    /// Nil if the header is lost.
    var details: StreamMetadata?
    /// The bytes of the embedded model that it needs; nil if there is none.
    var model: Range<Int>?
  }

  private let name: String
  private(set) var streams: [Stream] = []
  /// In row order; each row is in one of them.
  private(set) var pieces: [Piece] = []
  /// The number of rows, including those of lost chunks if their number is known.
  private(set) var rows = 0
  private(set) var damage: [StreamDamage] = []

  /// The number of the stream being added, in messages.
  private var number: Int?
  /// The bytes of the last embedded model so far.
  private var model: Range<Int>?
  /// The bytes of each intact model.
  private var models: [Digest: Range<Int>] = [:]

  /// The index of a file without damage.
  init(_ finder: StreamFinder, name: String) throws(CodecError) {
    self.name = name
    for place in try withFileContext(name, { () throws(StreamError) in try finder.streams() }) {
      try add(place, finder)
    }
  }

  /// The index of what is left of a file.
  ///
  /// If the file shows no trace of a stream, the index has neither streams nor damage.
  ///
  /// - Parameter memory: the limit for embedded models.
  init(surveying finder: StreamFinder, name: String, memory: MemoryLimit) throws(CodecError) {
    self.name = name
    let places = try withFileContext(name) { () throws(StreamError) in try finder.survey() }
    guard places.contains(where: Self.isTrace) else { return }
    let count = places.filter { !Self.isModel($0) }.count
    for (index, place) in places.enumerated() {
      number = count > 1 ? streams.count + 1 : nil
      try addRest(of: place, finder, isLast: index == places.count - 1, memory: memory)
    }
    // Another copy replaces a damaged model before a stream.
    for index in streams.indices where streams[index].model == nil {
      streams[index].model = streams[index].details?.model.flatMap { models[$0] }
    }
  }

  /// Whether this is a stream or the remains of one, rather than any other file.
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

  /// Adds a stream without damage.
  private mutating func add(_ place: StreamPlace, _ finder: StreamFinder) throws(CodecError) {
    if case .model(let file) = place.beginning {
      model = file
      return
    }
    guard case .header(let header) = place.beginning else {
      let compact = try withFileContext(name) { () throws(StreamError) in try finder.compact(place) }
      let details = try StreamMetadata.compact(compact.content, name: name).details
      return try add(place, details, rows: details.chunkRows)
    }
    let details = try StreamMetadata(header.content, name: name)
    guard let last = place.chunks.last else {
      try StreamMetadata.check(announced: details.rows, found: 0, name: name)
      return try add(place, details, rows: 0)
    }
    let full = (place.chunks.count - 1) * details.chunkRows
    if let announced = details.rows {
      guard announced > full, announced <= full + details.chunkRows else {
        throw .badHeader(
          name: name, reason: "it announces \(announced) rows in \(place.chunks.count) chunks")
      }
      return try add(place, details, rows: announced)
    }
    let content = try withFileContext(name) { () throws(StreamError) in
      try finder.content(of: last, index: place.chunks.count - 1)
    }
    let rows: Int
    do throws(ChunkError) {
      rows = try ChunkDecoder.rows(ofContent: content[...], limit: details.chunkRows)
    } catch {
      throw CodecError(error, name: name, chunk: place.chunks.count)
    }
    try add(place, details, rows: full + rows)
  }

  private mutating func add(
    _ place: StreamPlace, _ details: StreamMetadata, rows count: Int
  ) throws(CodecError) {
    var left = count
    for (index, chunk) in place.chunks.enumerated() {
      try add(chunk, index + 1, rows: min(left, details.chunkRows))
      left -= min(left, details.chunkRows)
    }
    streams.append(Stream(place: place, details: details, model: model))
  }

  /// Adds a piece of the stream that is added next.
  private mutating func add(_ chunk: StreamPlace.Chunk?, _ number: Int, rows count: Int) throws(CodecError) {
    let (end, overflow) = rows.addingReportingOverflow(count)
    guard !overflow else { throw .badHeader(name: name, reason: "the number of rows overflows") }
    if count > 0 {
      pieces.append(Piece(stream: streams.count, number: number, chunk: chunk, rows: rows..<end))
    }
    rows = end
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

  /// Adds the rows of a stream without a readable header, as far as they are known. Its chunks cannot be decoded.
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

  /// Adds the chunks of a stream, and its lost parts.
  ///
  /// - Parameter isLast: whether no stream follows; then rows after a cut are not filled in.
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
      // Foreign bytes between chunks, with no chunk missing.
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
