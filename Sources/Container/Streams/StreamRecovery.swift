import ByteIO

/// Recovers what is left of the streams in a damaged file: reads all of it, and checks every frame.
///
/// If a frame is invalid, the stream's seek table locates the next one. If that is damaged too, the next one is where
/// there is a magic number, a frame that parses, and a valid checksum.
struct StreamRecovery {
  private let frames: FrameFinder
  private var store: any ByteStore { frames.store }
  private var places: [StreamPlace] = [] { didSet { chunks += places.last?.chunks.count ?? 0 } }
  /// The number of chunks in ``places``.
  private var chunks = 0
  /// The number of bytes that may still be examined in vain. It exceeds what any real damage costs, and ends the search
  /// in a file crafted to prolong it.
  private var patience: Int

  init(_ frames: FrameFinder) {
    self.frames = frames
    let (bytes, overflow) = frames.store.size.multipliedReportingOverflow(by: 64)
    patience = overflow ? .max : max(bytes, 1 << 30)
  }

  /// The streams and what lies between them, in file order; every byte is in one of them.
  static func streams(_ frames: FrameFinder) throws(StreamError) -> [StreamPlace] {
    var survey = StreamRecovery(frames)
    var offset = 0
    while offset < frames.store.size {
      offset = try survey.stream(at: offset)
      try frames.admit(survey.places.count, chunks: survey.chunks)
    }
    return survey.places
  }

  /// What starts or continues a stream.
  private enum Found {
    case header(StreamHeader)
    case compact
    case model
    case chunk(rows: Int)
  }

  /// The content of an intact frame that is not a seek table; nil if it is damaged.
  private func whole(_ frame: FrameFinder.Frame) throws(StreamError) -> Found? {
    switch frame.kind {
    case .header: return try frames.header(frame).map { .header($0) }
    case .seekTable: return nil
    case .model: return try frames.isWholeModel(frame) ? .model : nil
    case .data:
      guard let content = try frames.content(frame.range), content.count == frame.contentSize else {
        return nil
      }
      if StreamMagic.isBeginning(of: content) {
        return (try? CompactStream(content: content, size: frame.range.count)).map { _ in .compact }
      }
      return (try? ChunkDecoder.rows(ofContent: content[...], limit: .max)).map { .chunk(rows: $0) }
    }
  }

  /// The next intact frame from `offset` on.
  ///
  /// - Parameter takesChunks: whether it may be a chunk. A model contains a frame that could be taken for one.
  private mutating func next(
    from offset: Int, takesChunks: Bool = true
  ) throws(StreamError) -> (frame: FrameFinder.Frame, Found)? {
    var offset = offset
    while patience > 0,
      let place = try frames.nextMagic(
        [Container.frameMagic, Container.headerMagic, Container.modelMagic], from: offset)
    {
      if let frame = try frames.frame(at: place) {
        let found = try whole(frame)
        switch found {
        case nil: break
        case .chunk where !takesChunks: break
        case let found?: return (frame, found)
        }
        patience -= frame.range.count + frame.contentSize
      }
      patience -= 1 << 10
      offset = place + 1
    }
    return nil
  }

  /// The seek table, from `offset` on, of the stream that starts at `start` and has these chunks.
  private mutating func table(
    of start: Int, _ chunks: [StreamPlace.Chunk], from offset: Int
  ) throws(StreamError) -> (table: SeekTable, end: Int)? {
    var offset = offset
    while patience > 0, let place = try frames.nextMagic([Container.seekTableMagic], from: offset) {
      if let table = try SeekTable(at: place, in: store, memory: frames.memory) {
        if table.streamOffset == start, table.chunks.count >= chunks.count,
          zip(table.chunks, chunks).allSatisfy({ $1.isThat(of: $0) }),
          let end = try frames.frame(at: place)?.range.upperBound
        {
          return (table, end)
        }
        patience -= table.chunks.count * Container.entrySize
      }
      patience -= 1 << 10
      offset = place + 1
    }
    return nil
  }

  /// Adds the stream at `start`; returns its end.
  private mutating func stream(at start: Int) throws(StreamError) -> Int {
    var found: Found?
    let first = try frames.frame(at: start)
    if let first { found = try whole(first) }
    if let first, case .header(let header) = found {
      return try chunks(of: .header(header), at: start, from: first.range.upperBound)
    }
    if let first, case .model = found {
      places.append(StreamPlace(model: first))
      return first.range.upperBound
    }
    if let first, case .compact = found {
      places.append(
        StreamPlace(range: first.range, beginning: .compact, chunks: [.init(first, .whole(rows: 0))]))
      return first.range.upperBound
    }
    // The start of a stream is expected here, but it is damaged.
    if let (table, end) = try table(of: start, [], from: start) {
      add(.lostHeader, start..<end, try chunks(of: table), .whole)
      return end
    }
    if case .chunk = found { return try chunks(of: .lostHeader, at: start, from: start) }
    let likeness = try likeness(at: start)
    guard let (next, after) = try next(from: start + 1, takesChunks: likeness != .model) else {
      return try unreadable(start..<store.size)
    }
    if case .chunk = after { return try chunks(of: .lostHeader, at: start, from: next.range.lowerBound) }
    return try unreadable(start..<next.range.lowerBound)
  }

  private mutating func unreadable(_ range: Range<Int>) throws(StreamError) -> Int {
    add(.unreadable(try likeness(at: range.lowerBound)), range, [], .cut)
    return range.upperBound
  }

  /// The likely kind of the bytes at `offset`; one byte of its magic number may be wrong.
  private func likeness(at offset: Int) throws(StreamError) -> StreamPlace.Likeness {
    let bytes = try frames.read(offset, Container.skippableHeaderSize + EmbeddedModel.name.count)
    func isLike(_ magic: UInt32) -> Bool {
      let begin = bytes.prefix(4)
      let alike = zip(begin, StreamReader.bytes(of: magic)).filter { $0 == $1 }.count
      return alike >= max(1, begin.count - 1)
    }
    if bytes.dropFirst(Container.skippableHeaderSize).elementsEqual(EmbeddedModel.name) { return .model }
    if bytes.starts(with: StreamReader.bytes(of: Container.modelMagic)) { return .model }
    return isLike(Container.frameMagic) ? .compact : .nothing
  }

  private mutating func add(
    _ beginning: StreamPlace.Beginning, _ range: Range<Int>, _ chunks: [StreamPlace.Chunk],
    _ end: StreamPlace.End
  ) {
    places.append(StreamPlace(range: range, beginning: beginning, chunks: chunks, end: end))
  }

  /// The chunks that a seek table lists, each intact or damaged.
  private func chunks(of table: SeekTable, from index: Int = 0) throws(StreamError) -> [StreamPlace.Chunk] {
    var chunks: [StreamPlace.Chunk] = []
    for entry in table.chunks.dropFirst(index) {
      let range = entry.offset..<entry.offset + entry.size
      var chunk = StreamPlace.Chunk(range: range, contentSize: 0, state: .damaged)
      if let frame = try frames.frame(at: entry.offset), frame.range == range,
        case .chunk(let rows) = try whole(frame)
      {
        chunk = .init(frame, .whole(rows: rows))
      }
      chunks.append(chunk)
    }
    return chunks
  }

  /// Adds the stream that starts at `start` and whose first chunk is at `offset`; returns its end.
  private mutating func chunks(
    of beginning: StreamPlace.Beginning, at start: Int, from offset: Int
  ) throws(StreamError) -> Int {
    let headerSize = offset - start
    var (chunks, offset): ([StreamPlace.Chunk], Int) = ([], offset)
    var end = StreamPlace.End.cut
    while offset < store.size {
      let frame = try frames.frame(at: offset)
      let found: Found?
      if let frame { found = try whole(frame) } else { found = nil }
      if let frame, case .chunk(let rows) = found {
        chunks.append(.init(frame, .whole(rows: rows)))
        offset = frame.range.upperBound
        continue
      }
      // Another stream starts here.
      if found != nil { break }
      if let (table, tableEnd) = try table(of: start, chunks, from: offset) {
        chunks += try self.chunks(of: table, from: chunks.count)
        add(beginning, start..<tableEnd, chunks, .whole)
        return tableEnd
      }
      if let table = try SeekTable(at: offset, in: store, memory: frames.memory), table.streamOffset > start,
        let frame, chunks.contains(where: { $0.range.contains(table.streamOffset) })
      {
        // The table is that of another stream, whose header is lost together with the end of this one.
        let (own, others) = (
          chunks.prefix { $0.range.lowerBound < table.streamOffset },
          chunks.drop { $0.range.lowerBound < table.streamOffset }
        )
        let mine = own.filter { !$0.range.contains(table.streamOffset) }
        add(beginning, start..<table.streamOffset, mine, .cut)
        add(.lostHeader, table.streamOffset..<frame.range.upperBound, Array(others), .whole)
        return frame.range.upperBound
      }
      if let size = try damagedTableSize(at: offset, headerSize: headerSize, chunks) {
        end = .damagedSeekTable
        offset += size
        break
      }
      guard let (next, after) = try next(from: offset + 1) else {
        offset = store.size
        break
      }
      let gap = offset..<next.range.lowerBound
      offset = gap.upperBound
      guard case .chunk = after else { break }
      chunks.append(.init(range: gap, contentSize: 0, state: .damaged, count: nil))
    }
    add(beginning, start..<offset, chunks, end)
    return offset
  }

  /// The size in bytes of the seek table expected at `offset`, if most of it is there; otherwise nil.
  private func damagedTableSize(
    at offset: Int, headerSize: Int, _ chunks: [StreamPlace.Chunk]
  ) throws(StreamError) -> Int? {
    var entries = ByteWriter()
    SeekTable.append(size: headerSize, contentSize: 0, to: &entries)
    for chunk in chunks {
      SeekTable.append(size: chunk.range.count, contentSize: chunk.contentSize, to: &entries)
    }
    let expected = SeekTable.frame(entries)
    let found = try frames.read(offset, expected.count)
    // Zeros are too common to count.
    let telling = zip(expected, found).filter { $0.0 != 0 }
    let alike = telling.filter { $0 == $1 }.count
    return !telling.isEmpty && alike * 4 >= telling.count * 3 ? found.count : nil
  }
}

extension StreamFinder {
  /// What is left of the streams of a possibly damaged file, in file order; every byte is in one of them.
  ///
  /// The whole file is read, and every chunk is determined to be intact or damaged.
  package func survey() throws(StreamError) -> [StreamPlace] { try StreamRecovery.streams(frames) }
}
