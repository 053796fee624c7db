import ByteIO

/// Locates streams and their chunks in a file with random access.
///
/// A ``StreamReader`` reads a whole file from its start; this reads a part of it, or recovers what is left of it.
package struct StreamFinder {
  let frames: FrameFinder
  private var store: any ByteStore { frames.store }

  /// - Parameter memory: the limit for a chunk's content and for the results. During recovery, a chunk that announces
  ///   more counts as damaged.
  package init(_ store: any ByteStore, memory: MemoryLimit = .standard) {
    frames = FrameFinder(store: store, memory: memory)
  }

  /// The streams of a file without damage. Their chunks are not read.
  ///
  /// Headers and, from the end of the file, seek tables are read. After a compact stream, which has no table, headers
  /// of frames and blocks are read from the start of the file. The content of chunks is not checked.
  ///
  /// - Throws: the error of a ``StreamReader``, if frames are invalid.
  package func streams() throws(StreamError) -> [StreamPlace] {
    var last: [StreamPlace] = []
    var end = store.size
    var (found, chunks) = (0, 0)
    func add(_ place: StreamPlace) throws(StreamError) {
      found += 1
      chunks += place.chunks.count
      try frames.admit(found, chunks: chunks)
    }
    while end > 0, let place = try placeByTable(endingAt: end) {
      try add(place)
      last.append(place)
      end = place.range.lowerBound
    }
    var places: [StreamPlace] = []
    var offset = 0
    while offset < end {
      guard let place = try placeByFrames(at: offset), place.range.upperBound <= end else {
        throw try readersError()
      }
      try add(place)
      places.append(place)
      offset = place.range.upperBound
    }
    places += last.reversed()
    if places.isEmpty { throw .notAVaecFile(.empty) }
    return places
  }

  /// The stream whose seek table ends at `end`; nil if there is no such table.
  private func placeByTable(endingAt end: Int) throws(StreamError) -> StreamPlace? {
    let table: SeekTable
    do throws(StreamError) {
      table = try SeekTable(endingAt: end, memory: frames.memory) { (offset, count) throws(ByteIOError) in
        try store.read(at: offset, upTo: count)
      }
    } catch .bytes(let error) {
      throw .bytes(error)
    } catch {
      return nil
    }
    guard let frame = try frames.frame(at: table.streamOffset), frame.range.count == table.headerSize,
      let header = try frames.header(frame)
    else { return nil }
    return StreamPlace(
      range: table.streamOffset..<end, beginning: .header(header),
      chunks: table.chunks.map { .init($0, .unread) })
  }

  /// The stream that starts at `offset`, by the sizes of its frames; nil if there is none, or it is incomplete.
  private func placeByFrames(at offset: Int) throws(StreamError) -> StreamPlace? {
    guard let first = try frames.frame(at: offset) else { return nil }
    if first.kind == .data {
      guard try isCompact(first.range) else { return nil }
      return StreamPlace(range: first.range, beginning: .compact, chunks: [.init(first, .unread)])
    }
    if first.kind == .model { return try frames.isWholeModel(first) ? StreamPlace(model: first) : nil }
    guard let header = try frames.header(first) else { return nil }
    var chunks: [StreamPlace.Chunk] = []
    var end = first.range.upperBound
    while let frame = try frames.frame(at: end) {
      try frames.admit(1, chunks: chunks.count)
      end = frame.range.upperBound
      switch frame.kind {
      case .data: chunks.append(.init(frame, .unread))
      case .header, .model: return nil
      case .seekTable:
        guard let table = try SeekTable(at: frame.range.lowerBound, in: store, memory: frames.memory),
          table.streamOffset == offset, table.chunks.elementsEqual(chunks, by: { $1.isThat(of: $0) })
        else { return nil }
        return StreamPlace(range: offset..<end, beginning: .header(header), chunks: chunks)
      }
    }
    return nil
  }

  private func isCompact(_ range: Range<Int>) throws(StreamError) -> Bool {
    var beginning = try frames.beginning(range)
    if beginning == nil { beginning = try frames.content(range) }
    return beginning.map { StreamMagic.isBeginning(of: $0) } ?? false
  }

  /// The error that a reader reports for an invalid file.
  package func readersError() throws(StreamError) -> StreamError {
    let reader = StreamReader(StoreSource(store), memory: frames.memory)
    do throws(StreamError) {
      while try reader.next() != nil {}
    } catch {
      return error
    }
    return .damagedSeekTable
  }

  /// Reads the frame of a chunk that is not lost, and checks it against the seek table.
  ///
  /// - Parameter index: the chunk's number in messages, from 0.
  package func frame(of chunk: StreamPlace.Chunk, index: Int) throws(StreamError) -> [UInt8] {
    try frames.memory.admit(inStream: chunk.range.count)
    let bytes = try frames.read(chunk.range.lowerBound, chunk.range.count)
    guard bytes.count == chunk.range.count, let header = FrameHeader(bytes[...]) else {
      throw .damagedChunk(index: index)
    }
    guard header.contentSize == UInt64(chunk.contentSize) else { throw .damagedSeekTable }
    return bytes
  }

  /// Reads the bytes of a model.
  package func modelFile(_ range: Range<Int>) throws(StreamError) -> [UInt8] {
    try frames.memory.admit(inStream: range.count)
    return try frames.read(range.lowerBound, range.count)
  }

  /// Reads the content of a chunk that is not lost, and verifies its checksum.
  ///
  /// - Parameter index: the chunk's number in messages, from 0.
  package func content(of chunk: StreamPlace.Chunk, index: Int) throws(StreamError) -> [UInt8] {
    try frames.memory.admit(inStream: max(chunk.range.count, chunk.contentSize))
    guard let content = try frames.content(chunk.range) else { throw .damagedChunk(index: index) }
    return content
  }

  /// Reads a compact stream, and verifies its checksum.
  package func compact(_ place: StreamPlace) throws(StreamError) -> CompactStream {
    guard let chunk = place.chunks.first else { throw .damagedChunk(index: 0) }
    return try CompactStream(content: content(of: chunk, index: 0), size: chunk.range.count)
  }
}

extension StreamPlace {
  /// The position of a frame with a model.
  init(model frame: FrameFinder.Frame) {
    let file = frame.range.dropFirst(Container.skippableHeaderSize)
    self.init(range: frame.range, beginning: .model(file: file.startIndex..<file.endIndex), chunks: [])
  }
}

extension StreamPlace.Chunk {
  init(_ frame: FrameFinder.Frame, _ state: State) {
    self.init(range: frame.range, contentSize: frame.contentSize, state: state)
  }

  init(_ entry: SeekTable.Chunk, _ state: State) {
    self.init(range: entry.offset..<entry.offset + entry.size, contentSize: entry.contentSize, state: state)
  }

  /// Whether a seek table's entry describes this chunk.
  func isThat(of entry: SeekTable.Chunk) -> Bool {
    entry.offset == range.lowerBound && entry.size == range.count
      && (state == .damaged || entry.contentSize == contentSize)
  }
}
