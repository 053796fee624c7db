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

  let name: String
  var streams: [Stream] = []
  /// In the order of their rows, each of which is in one of them.
  var pieces: [Piece] = []
  /// How many rows there are, those of lost chunks included where their number is known.
  var rows = 0
  var damage: [StreamDamage] = []

  /// The number of the stream that is being added, in messages.
  var number: Int?
  /// The file of the last model so far.
  var model: Range<Int>?
  /// The file of each whole model.
  var models: [Digest: Range<Int>] = [:]

  /// The index of a file without damage.
  init(_ finder: StreamFinder, name: String) throws(CodecError) {
    self.name = name
    for place in try withFileContext(name, { () throws(StreamError) in try finder.streams() }) {
      try add(place, finder)
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

  mutating func add(
    _ place: StreamPlace, _ details: StreamMetadata, rows count: Int
  ) throws(CodecError) {
    var left = count
    for (index, chunk) in place.chunks.enumerated() {
      try add(chunk, index + 1, rows: min(left, details.chunkRows))
      left -= min(left, details.chunkRows)
    }
    streams.append(Stream(place: place, details: details, model: model))
  }

  /// Adds a piece of the stream that will be added.
  mutating func add(_ chunk: StreamPlace.Chunk?, _ number: Int, rows count: Int) throws(CodecError) {
    let (end, overflow) = rows.addingReportingOverflow(count)
    guard !overflow else { throw .badHeader(name: name, reason: "the number of rows overflows") }
    if count > 0 {
      pieces.append(Piece(stream: streams.count, number: number, chunk: chunk, rows: rows..<end))
    }
    rows = end
  }

  /// The rows of a stream, counted from the beginning of the file.
  func rows(ofStream stream: Int) -> Range<Int> {
    guard let first = pieces.first(where: { $0.stream == stream }),
      let last = pieces.last(where: { $0.stream == stream })
    else { return 0..<0 }
    return first.rows.lowerBound..<last.rows.upperBound
  }
}
