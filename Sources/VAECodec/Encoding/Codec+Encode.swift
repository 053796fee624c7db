import ByteIO
import Records
import Transform

extension Codec {
  /// Encodes all samples of `reader` into a `.vaec` stream. Memory is bounded by a few chunks per thread.
  ///
  /// For a target other than a quality, the samples are encoded several times. If they fit in one chunk, they stay in
  /// memory. Otherwise they are read again through `reopen`, and either the whole stream meets the target or the call
  /// throws. Without `reopen`, the first chunk decides, and the report states the outcome.
  ///
  /// - Parameters:
  ///   - reader: the samples.
  ///   - name: the input in messages.
  ///   - model: the model to encode with.
  ///   - options: see ``EncodeOptions``.
  ///   - sink: receives the whole stream; it is not finished, so that another stream may follow.
  ///   - reopen: returns a new reader of the same samples from the first on, after the previous reader is no longer
  ///     used; nil if they can be read only once, as from a pipe.
  /// - Throws: ``CodecError/targetOutOfReach(name:asked:nearest:)``, ``CodecError/sizeNeedsRows(name:)``,
  ///   ``CodecError/rangeNeedsFile(name:)``, and the errors of the reader and the sink.
  ///   is wrong with samples or sink.
  package func encode(
    _ reader: any SampleReader, name: String, model: FittedModel, options: EncodeOptions = EncodeOptions(),
    to sink: any ByteSink, reopen: (() throws(CodecError) -> any SampleReader)? = nil
  ) throws(CodecError) -> EncodeReport {
    try encode(
      reader, name: name, model: model, options: options, details: EncodeDetails(looksAtColumns: true),
      to: sink, reopen: reopen)
  }

  /// The same, with what a packer knows about the samples.
  func encode(
    _ given: any SampleReader, name: String, model: FittedModel, options: EncodeOptions,
    details: EncodeDetails, to sink: any ByteSink,
    reopen regiven: (() throws(CodecError) -> any SampleReader)?
  ) throws(CodecError) -> EncodeReport {
    let clock = ContinuousClock()
    let start = clock.now
    let (reader, reopen) = try cutting(given, name: name, model: model, reopen: regiven)
    let description = reader.description
    try model.accepts(description, name: name)
    let width = description.valuesPerSample
    let textBytes = reader.textBytesPerRow
    let usual =
      options.isSolid
      ? ChunkCodingContext.solidChunkRows(
        values: width, elementSize: description.elementType.size, textBytes: textBytes)
      : ChunkCodingContext.defaultChunkRows(
        values: width, textBytes: textBytes, hasModel: !details.isWithoutModel)
    let chunkRows = ChunkCodingContext.chunkRows(
      options.chunkRows ?? description.array?.layout.wholeBands(in: usual) ?? usual, values: width)
    var pass = StreamEncoder(
      codec: self, model: model, name: name, description: description,
      rows: details.rows ?? description.rows, sample: details.sample,
      chunkRows: min(chunkRows, max(1, description.rows ?? chunkRows)), effort: Effort(options.effort),
      isSolid: options.isSolid, scale: details.scale ?? model.summary.errorScale,
      units: details.units ?? BoundUnits(description, model.model.scales))
    var chunks = ChunkReader(
      reader, name: name, model: model, chunkRows: pass.chunkRows, isCorrected: options.errorBound != nil)
    var first = try chunks.next()
    let isBounded = options.errorBound.map { !$0.isLossless } ?? false
    if case .delimited = description.format, description.format.kept == nil, !isBounded {
      // Either the decimals hold for all rows, or none are recorded: a row that has not been read must not be rounded.
      if !chunks.hasEnded, let reopen {
        while try chunks.next() != nil {}
        pass.description.format = chunks.format
        chunks = ChunkReader(
          try reopen(), name: name, model: model, chunkRows: pass.chunkRows,
          isCorrected: options.errorBound != nil)
        first = try chunks.next()
      } else {
        pass.description.format = chunks.format
      }
    }
    // The samples may lack the text that the description mentions.
    if let first, first.batch.text == nil { pass.description.format = pass.description.format.withoutText }
    if let texts = details.texts { (pass.texts, pass.keepsTexts) = (texts, true) }
    pass.carriedModels = options.carriesModel ? CarriedModels(rows: details.rows) : nil
    if let request = options.errorBound {
      let (errorBound, wasRead) = try request.resolved(
        first: first?.batch, isAll: chunks.hasEnded, name: name, description, table: reader.table,
        pass.units, reopen: reopen)
      if wasRead, let reopen {
        chunks = ChunkReader(
          try reopen(), name: name, model: model, chunkRows: pass.chunkRows, isCorrected: true)
        first = try chunks.next()
      }
      let found =
        details.isWithoutModel
        ? [.withoutModel] : first.map { ErrorBoundSearch.settings(errorBound, pass, first: $0.batch) } ?? []
      pass.rung = (errorBound, found.first ?? ErrorBoundSearch.nothing(of: model.model))
      if found.count > 1, let reopen {
        pass.rung = try pass.smallest(found.map { (errorBound, $0) }) { () throws(CodecError) in
          let chunks = ChunkReader(
            try reopen(), name: name, model: model, chunkRows: pass.chunkRows, isCorrected: true)
          return { () throws(CodecError) in try chunks.next() }
        }
        // Opening a reader invalidates the previous ones.
        chunks = ChunkReader(
          try reopen(), name: name, model: model, chunkRows: pass.chunkRows, isCorrected: true)
        first = try chunks.next()
      }
    } else if details.isWithoutModel {
      // Without samples there is no bound to search for.
      if first == nil { pass.rung = (.lossless, .withoutModel) }
    } else if !details.keepsPoints {
      let known = details.exact ?? ExactSetting()
      pass.rungs = first.map { QualityRungs(pass, first: $0.batch, known: known) }
    }
    if chunks.hasEnded {
      pass.description.rows = chunks.rows
      pass.chunkRows = max(1, chunks.rows)
      pass.hasSingleChunk = first != nil
    }
    var plan =
      if pass.rung != nil {
        EncodingPlan.forQuality(0, first, rest: chunks)
      } else if case .quality(let quality) = options.target {
        EncodingPlan.forQuality(quality, first, rest: chunks)
      } else {
        try EncodingPlan.forTarget(
          options.target, &pass, first, rest: chunks, isWithoutModel: details.isWithoutModel, reopen: reopen)
      }
    if !details.recordsTarget { plan.record = nil }
    if let rung = plan.rung { pass.rung = rung }
    // Exact samples need no measurement.
    let bound = pass.rung(quality: plan.quality).errorBound
    let isExact = bound?.isLossless == true
    let wantsDistortion = options.measuresDistortion || details.measuresDistortion
    let measures = (plan.measuresDistortion || wantsDistortion) && !isExact
    let result = try pass.run(
      plan.source, quality: plan.quality, record: plan.record, measuresDistortion: measures,
      digests: plan.digest != nil, to: sink)
    if let digest = plan.digest, digest != result.digest { throw .changedWhileRead(name: name) }
    var outcome = plan.record?.outcome(
      rows: result.samples, chunkRows: pass.chunkRows, streamBytes: result.streamBytes)
    if plan.measuresDistortion { outcome?.reached = result.distortion.psnr ?? 0 }
    var quality: Int? = plan.quality
    if let own = pass.rung {
      quality = if case .quality(let found) = own.setting { found } else { nil }
    }
    var columns = ColumnFindings()
    if details.looksAtColumns, bound == nil, let first {
      columns.collapsed = pass.collapsedColumns(first.batch, quality: plan.quality)
      var some = RowSample(values: width)
      some.add(first.batch)
      columns.fillValues =
        some.batch.map { FillValue.all(in: $0, description, reach: model.model.reach) } ?? []
    }
    return EncodeReport(
      samples: result.samples, valuesPerSample: width, rawBytes: result.rawBytes,
      streamBytes: result.streamBytes, modelBytes: result.modelBytes, textBytes: result.textBytes,
      clippedValues: bound == nil ? result.clippedValues : 0,
      nonFiniteValues: result.nonFiniteValues, fileBytes: result.rawBytes,
      columns: columns, quality: quality.map { Double($0) },
      distortion: wantsDistortion && (measures || isExact) ? result.distortion : nil,
      errorBound: isExact ? .lossless : bound, target: outcome, coding: result.coding,
      seconds: (clock.now - start) / .seconds(1))
  }
}

extension ArrayLayout {
  /// The largest number of samples, at most `most`, that are whole bands; `most` if a band has more.
  fileprivate func wholeBands(in most: Int) -> Int {
    samplesPerBand > most ? most : most / samplesPerBand * samplesPerBand
  }
}

extension Codec {
  /// The reader of the samples that the model's layout cuts from an array, with the function that reopens it; what is given
  /// if there is nothing to cut.
  ///
  /// The stream's header has the length of the array. Where the reader does not know it, the array is read to its end.
  private func cutting(
    _ reader: any SampleReader, name: String, model: FittedModel,
    reopen: (() throws(CodecError) -> any SampleReader)?
  ) throws(CodecError) -> (any SampleReader, (() throws(CodecError) -> any SampleReader)?) {
    guard let rule = model.rule(for: reader.description) else { return (reader, reopen) }
    guard reader.table?.isModelled.contains(false) != true, reader.description.format.kept == nil else {
      throw .cutsText(name: name)
    }
    var known: SampleDescription?
    var reader = reader
    if reader.description.rows == nil {
      guard let reopen else { throw .layoutNeedsRows(name: name) }
      var rows = 0
      let piece = max(1, (1 << 20) / reader.description.sampleBytes)
      while let batch = try reading(reader, piece) { rows += batch.rows }
      known = reader.description
      known?.rows = rows
      reader = try reopen()
    }
    let (array, limit) = (known, memory)
    func cut(_ reader: any SampleReader) throws(CodecError) -> any SampleReader {
      do {
        return try LayoutReader(reader, rule, known: array, name: name, memory: limit)
      } catch {
        throw .samples(error)
      }
    }
    guard let reopen else { return (try cut(reader), nil) }
    let cutAgain = { () throws(CodecError) -> any SampleReader in try cut(try reopen()) }
    return (try cut(reader), cutAgain)
  }
}

/// What a packer knows about the samples and wants from their stream, beyond the public options.
struct EncodeDetails {
  /// Whether each value is predicted from preceding values alone, without a model.
  var isWithoutModel = false
  /// The units of errors; nil for the model's scale.
  var scale: ErrorScale?
  /// The number of rows of all samples; nil to use the reader's.
  var rows: Int?
  /// Some of the rows, evenly spread; nil if the first chunk must do.
  var sample: SampleBatch?
  /// The units of bounds; nil for the model's.
  var units: BoundUnits?
  /// Whether the stream records the target of its quality.
  var recordsTarget = true
  /// Whether to measure the distortion of the written samples in any case.
  var measuresDistortion = false
  /// The text of the samples, where other streams of them are made.
  var texts: TextSections?
  /// Whether qualities are the model's operating points, whatever takes fewer bytes.
  var keepsPoints = false
  /// How these samples are coded without loss, where they are encoded at several qualities; nil if this is not known.
  var exact: ExactSetting?
  /// Whether to find out what is lost by column.
  var looksAtColumns = false
}
