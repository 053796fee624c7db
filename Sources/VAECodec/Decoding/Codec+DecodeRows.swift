import ByteIO
import Container
import EntropyCoding
import Records

extension Codec {
  /// Decodes selected rows of a `.vaec` file with random access, or whatever is left of a damaged one.
  ///
  /// The file is assumed to be intact unless `keepsGoing` is true: only headers, seek tables, the chunks with the
  /// selected rows and, for a stream that does not record its number of rows, its last chunk are read. Compact streams
  /// are read whole. Damage elsewhere is not noticed.
  ///
  /// - Parameters:
  ///   - store: the file.
  ///   - name: the input in messages.
  ///   - model: as for ``decode(_:name:model:makeWriter:)``.
  ///   - rows: the rows to decode, counted over all streams of the file.
  ///   - keepsGoing: whether to tolerate damage. The whole file is then read and checked first. Rows of lost chunks
  ///     become NaN, or 0 in integers, and the report lists the damage.
  ///   - makeWriter: called once with the description of the samples, `rows` included. The writer is finished at the
  ///     end.
  package func decode(
    _ store: any ByteStore, name: String, model: FittedModel?, rows: RowSlice = .all,
    keepsGoing: Bool = false,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> DecodeReport {
    let clock = ContinuousClock()
    let start = clock.now
    let counting = CountingStore(store)
    let finder = StreamFinder(counting, memory: memory)
    let map =
      keepsGoing
      ? try RowIndex(surveying: finder, name: name, memory: memory) : try RowIndex(finder, name: name)
    let wanted = try rows.rows(of: map.rows, name: name)
    let pieces = map.pieces.filter { $0.rows.overlaps(wanted) }
    // Errors of the model come before any output.
    let output = DecodedSamples(self, name: name, model: model)
    var carried: Range<Int>?
    func takeModel(of stream: RowIndex.Stream) throws(CodecError) {
      guard stream.model != carried else { return }
      carried = stream.model
      output.carried = try carried.map { (file) throws(CodecError) in try readModel(file, finder, name) }
    }
    for stream in Set(pieces.map(\.stream)).sorted() {
      try takeModel(of: map.streams[stream])
      _ = try map.streams[stream].details?.coding(
        by: model?.decoding, or: output.carried, name: name, memory: memory)
    }
    var filling: SampleDescription?
    // Streams without selected rows may have other column names.
    let own = Set(pieces.map(\.stream)).sorted().compactMap { map.streams[$0].details?.description }
    let selection = StreamSelection(map, wanted, keepsArrays: rows == .all)
    for description in own.isEmpty ? map.streams.compactMap({ $0.details?.description }) : own {
      let description = selection.description(description)
      try output.open(description, rows: selection.rows, makeWriter: makeWriter)
      filling = filling ?? description
    }
    guard let filling else { throw try nothingLeft(of: map, finder, name: name) }
    var report = DecodeReport(
      samples: 0, valuesPerSample: output.valuesPerSample, streamBytes: 0, rawBytes: 0, seconds: 0)
    report.damage = map.damage
    var rest = pieces[...]
    while let stream = rest.first?.stream {
      let own = rest.prefix { $0.stream == stream }
      rest = rest.dropFirst(own.count)
      try takeModel(of: map.streams[stream])
      // Of an array whose header is lost, nothing is known.
      if map.streams[stream].details == nil, filling.array != nil { continue }
      if let description = map.streams[stream].details?.description {
        try output.begin(selection.description(description), box: selection.box(ofStream: stream))
      }
      let start = selection.start(ofStream: stream)
      try decode(own, of: map.streams[stream], finder, name: name, keepsGoing: keepsGoing, to: output) {
        piece, batch throws(CodecError) in
        let range = piece.rows.clamped(to: wanted)
        if let batch {
          let first = range.lowerBound - piece.rows.lowerBound
          let own = batch.rows == range.count ? batch : batch.rows(first..<first + range.count)
          let place = range.lowerBound - start
          return try output.write(selection.written(own, ofStream: stream, from: place), from: place)
        }
        if piece.chunk != nil {
          report.damage.append(
            StreamDamage(
              kind: .chunks(piece.number...piece.number), stream: map.streams.count > 1 ? stream + 1 : nil,
              rows: piece.rows, place: piece.rows.lowerBound))
        }
        report.filledSamples += range.count
        try output.fill(range.count, filling, from: range.lowerBound - start)
      }
    }
    try output.finish()
    report.samples = output.rows
    report.rawBytes = output.rawBytes
    report.errorScale = output.errorScale
    report.type = filling.type
    // The survey of a damaged file reads some parts more than once.
    report.streamBytes = keepsGoing ? store.size : counting.count
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }

  /// Reads a `.vaec` file from start to end, and returns the damage found. No model is needed.
  ///
  /// - Returns: nothing if there is no visible damage, or the file does not look like a stream at all.
  package func damage(in store: any ByteStore, name: String) throws(CodecError) -> [StreamDamage] {
    try RowIndex(surveying: StreamFinder(store, memory: memory), name: name, memory: memory).damage
  }

  /// Reads a model that the file embeds.
  func readModel(
    _ file: Range<Int>, _ finder: StreamFinder, _ name: String
  ) throws(CodecError) -> DecodingModel {
    let bytes = try withFileContext(name) { () throws(StreamError) in try finder.modelFile(file) }
    return DecodingModel(carried: try ModelFile(bytes: bytes, name: name, memory: memory))
  }

  /// The error for a file of which nothing can be decoded.
  private func nothingLeft(
    of map: RowIndex, _ finder: StreamFinder, name: String
  ) throws(CodecError) -> CodecError {
    if let damage = map.damage.first { return .nothingLeft(name: name, damage: damage) }
    return .stream(
      try withFileContext(name) { () throws(StreamError) in try finder.readersError() }, name: name)
  }

  /// The treatment of a chunk.
  private enum Job: Sendable {
    case nothing
    case frame([UInt8])
    case content([UInt8])
  }

  /// Decodes pieces of a stream.
  ///
  /// - Parameter use: receives each piece in order, with its samples; nil if they are lost.
  func decode(
    _ pieces: ArraySlice<RowIndex.Piece>, of stream: RowIndex.Stream, _ finder: StreamFinder, name: String,
    keepsGoing: Bool, to output: DecodedSamples,
    use: (RowIndex.Piece, SampleBatch?) throws(CodecError) -> Void
  ) throws(CodecError) {
    guard let details = stream.details else {
      for piece in pieces { try use(piece, nil) }
      return
    }
    let codecs = try output.codecs(for: details)
    var (waiting, working) = (pieces, pieces)
    try ChunkPipeline(threads: codecs.workers).run(
      next: { () throws(CodecError) -> Job? in
        guard let piece = waiting.popFirst() else { return nil }
        guard let chunk = piece.chunk else { return .nothing }
        try output.admit(chunk.range.count, rows: piece.rows.count, codecs)
        guard stream.place.beginning == .compact else {
          return .frame(
            try withFileContext(name) { () throws(StreamError) in
              try finder.frame(of: chunk, index: piece.number - 1)
            })
        }
        let compact = try withFileContext(name) { () throws(StreamError) in try finder.compact(stream.place) }
        return .content(Array(try StreamMetadata.compact(compact.content, name: name).chunk))
      },
      work: { worker, job in
        Result { () throws(ChunkError) -> SampleBatch? in
          switch job {
          case .nothing: nil
          case .frame(let frame): try codecs.decode(frame, worker: worker)
          case .content(let content): try codecs.decode(content: content[...], worker: worker)
          }
        }
      },
      use: { (result: Result<SampleBatch?, ChunkError>) throws(CodecError) in
        guard let piece = working.popFirst() else { return }
        switch result {
        case .success(let batch) where batch == nil || batch?.rows == piece.rows.count: try use(piece, batch)
        case .failure(let error) where error.asksForMore:
          throw CodecError(error, name: name, chunk: piece.number)
        case _ where keepsGoing: try use(piece, nil)
        case .success(let batch):
          throw .badHeader(
            name: name,
            reason: "chunk \(piece.number) has \(batch?.rows ?? 0) rows; expected \(piece.rows.count)")
        case .failure(let error): throw CodecError(error, name: name, chunk: piece.number)
        }
      })
  }
}
